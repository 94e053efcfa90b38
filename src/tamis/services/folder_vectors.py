"""A folder of images to vectors, without a dataset: decode, encode and hand on, block by block, in order."""

import os
import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tamis.encoders import Encoder
from tamis.engine.base import Engine
from tamis.model.errors import Invalid
from tamis.model.names import SAME_NAME, clean_file_name, shown_file_name
from tamis.projection import fit_basis
from tamis.services import decoding
from tamis.services.vector_files import Rows

BLOCK = 256
_AHEAD = 3
"""Batches that wait for each lane: enough that a lane never does, few enough to hold little."""

Report = Callable[[int], None]
"""Called with how many files are done."""


def encode_files(
    engine: Engine,
    folder: Path,
    relatives: list[bytes],
    encoder: Encoder,
    problems: dict[str, str],
    report: Report,
) -> Iterator[Rows]:
    """Yield names and full vectors in the order of the paths; what cannot be read is put into `problems`.

    Decoding runs in a child of the engine, encoding in as many threads as the encoder has lanes. The same
    files give the same bits, however they are timed.
    """
    names: list[str] = []
    vectors: list[NDArray[np.float32]] = []
    pool = ThreadPoolExecutor(encoder.lanes)
    running: deque[tuple[list[str], Future[NDArray[np.float32]]]] = deque()
    try:
        for batch_names, pixels in _batches(engine, folder, relatives, encoder, problems, report):
            running.append((batch_names, pool.submit(encoder.encode, pixels)))
            while len(running) > _AHEAD * encoder.lanes:
                _collect(running, names, vectors)
            if len(names) >= BLOCK:
                yield Rows(names, np.concatenate(vectors))
                names, vectors = [], []
        while running:
            _collect(running, names, vectors)
        if names:
            yield Rows(names, np.concatenate(vectors))
    finally:
        pool.shutdown(cancel_futures=True)


def _batches(
    engine: Engine,
    folder: Path,
    relatives: list[bytes],
    encoder: Encoder,
    problems: dict[str, str],
    report: Report,
) -> Iterator[tuple[list[str], NDArray[np.uint8]]]:
    """Yield batches of names and squares, of the encoder's size all but the last."""
    taken: set[str] = set()
    names: list[str] = []
    squares: list[NDArray[np.uint8]] = []
    for done, result in enumerate(decoding.squares(engine, folder, relatives, encoder.input_size), 1):
        report(done)
        if result.pixels is None:
            problems[shown_file_name(result.relative)] = str(result.reason)
            continue
        try:
            name = clean_file_name(result.relative)
        except Invalid as error:
            problems[shown_file_name(result.relative)] = error.message
            continue
        if name in taken:
            problems[shown_file_name(result.relative, raw=True)] = SAME_NAME
            continue
        taken.add(name)
        names.append(name)
        squares.append(result.pixels)
        if len(names) == encoder.batch_size:
            yield names, np.stack(squares)
            names, squares = [], []
    if names:
        yield names, np.stack(squares)


def _collect(
    running: deque[tuple[list[str], Future[NDArray[np.float32]]]],
    names: list[str],
    vectors: list[NDArray[np.float32]],
) -> None:
    some, future = running.popleft()
    found = future.result()
    if not np.isfinite(found).all():
        row = int(np.argwhere(~np.isfinite(found))[0][0])
        raise Invalid(f"The vector of '{some[row]}' is not finite. The encoder or its weights are wrong.")
    names += some
    vectors.append(found)


def reduced(rows: Iterable[Rows], dimensions: int, folder: Path) -> Iterator[Rows]:
    """Yield the half-whitened child of all rows; the full vectors wait in a file in `folder` meanwhile.

    Raises:
        Invalid: the vectors have fewer dimensions than that.
    """
    names: list[list[str]] = []
    with tempfile.TemporaryFile(dir=folder) as aside:
        width = 0
        for some in rows:
            width = some.vectors.shape[1]
            if width < dimensions:
                raise Invalid(
                    f"The vectors have {width} dimensions, fewer than the {dimensions} asked for.",
                    field="dimensions",
                )
            names.append(some.file_names)
            aside.write(np.ascontiguousarray(some.vectors, np.float32).tobytes())

        def again() -> Iterator[NDArray[np.float32]]:
            aside.seek(0, os.SEEK_SET)
            for block in names:
                yield np.frombuffer(aside.read(4 * width * len(block)), np.float32).reshape(-1, width)

        if names:
            basis = fit_basis(again(), dimensions)
            for block, vectors in zip(names, again(), strict=True):
                yield Rows(block, basis.apply(vectors))
