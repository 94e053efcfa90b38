"""The feed: all images as small uint8 squares in one memory-mapped file, and batches in a fixed order.

The pool is made once. From then on an epoch costs no decoding: a batch is a copy of some rows. Which rows, is
a function of (seed, epoch, step) alone, so a run that was killed goes on with exactly the batch that was due.
"""

import hashlib
import json
import os
import time
from collections.abc import Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tamis.learning.files import no_space_told, write_whole
from tamis.model.errors import Invalid

Images = NDArray[np.uint8]
Rows = NDArray[np.int64]

_IMAGES, _FACTS = "pool.rgb", "pool.json"


@dataclass(frozen=True)
class Pool:
    """Images of uint8 (n, side, side, 3), mostly on disk, and the name of each.

    `decode_seconds` is what it took to make it just now; 0 when it was there already.
    """

    images: Images
    names: tuple[str, ...]
    digest: str
    decode_seconds: float = 0.0

    @property
    def side(self) -> int:
        """Return the side of the squares in pixels."""
        return int(self.images.shape[1])

    def __len__(self) -> int:
        return len(self.images)


def pool_of(images: Images) -> Pool:
    """Make a pool of an array (n, side, side, 3) of uint8."""
    names = tuple(str(index) for index in range(len(images)))
    return Pool(images, names, hashlib.sha256(np.ascontiguousarray(images).data).hexdigest())


def write_pool(folder: Path, squares: Iterable[tuple[str, Images]], side: int, sources: str) -> Pool:
    """Write named squares (side, side, 3) into the folder as they come; the pool is whole or absent.

    `sources` names what the squares were made of, so that `open_pool` can tell whether that has changed.

    Raises:
        Invalid: there is not one square.
        NoSpace: the disk is full; nothing is left behind.
    """
    began = time.perf_counter()
    folder.mkdir(parents=True, exist_ok=True)
    part, digest, names = folder / f"{_IMAGES}.part", hashlib.sha256(), []
    try:
        with no_space_told(folder), part.open("wb") as file:
            for name, square in squares:
                rows = np.ascontiguousarray(square)
                file.write(rows.data)
                digest.update(rows.data)
                names.append(name)
            file.flush()
            os.fsync(file.fileno())
        if not names:
            raise Invalid("There is no image to train on.")
        facts = {"side": side, "sources": sources, "digest": digest.hexdigest(), "names": names}
        (folder / _FACTS).unlink(missing_ok=True)  # the facts come last: they make the pool whole
        part.replace(folder / _IMAGES)
        write_whole(folder / _FACTS, json.dumps(facts).encode())
    finally:
        part.unlink(missing_ok=True)
    pool = _mapped(folder, side, tuple(names), digest.hexdigest())
    return replace(pool, decode_seconds=time.perf_counter() - began)


def open_pool(folder: Path, side: int, sources: str) -> Pool | None:
    """Open the pool in a folder; None where there is none, or one of other squares or other sources."""
    try:
        facts = json.loads((folder / _FACTS).read_bytes())
    except (OSError, ValueError):
        return None
    names = tuple(facts["names"])
    size = len(names) * side * side * 3
    if facts["side"] != side or facts["sources"] != sources or (folder / _IMAGES).stat().st_size != size:
        return None
    return _mapped(folder, side, names, facts["digest"])


def _mapped(folder: Path, side: int, names: tuple[str, ...], digest: str) -> Pool:
    images = np.memmap(folder / _IMAGES, np.uint8, "r", shape=(len(names), side, side, 3))
    return Pool(images, names, digest)


def permutation(n: int, seed: int, epoch: int) -> Rows:
    """Return the order of an epoch: a permutation of n rows, from the counter-based generator Philox.

    Salmon et al. (2011), https://doi.org/10.1145/2063384.2063405: no state to keep, any epoch at once.
    """
    order: Rows = np.random.Generator(np.random.Philox(key=[seed, epoch])).permutation(n).astype(np.int64)
    return order


@dataclass(frozen=True)
class Batch:
    """The rows that are due at a step of an epoch, and their images (m, side, side, 3)."""

    epoch: int
    step: int
    rows: Rows
    images: Images


class Feed:
    """Endless batches from any step on, read one step ahead by a thread.

    An epoch has n // batch_size steps; what is left over is passed over in this epoch, and comes in another.
    A pool smaller than a batch is one batch. Of several processes each gets its own share of every batch.
    """

    def __init__(self, pool: Pool, batch_size: int, seed: int, *, rank: int = 0, world: int = 1) -> None:
        self.pool = pool
        self.batch_size = min(batch_size, len(pool))
        self.epoch_steps = len(pool) // self.batch_size
        self._seed, self._share = seed, slice(rank, None, world)
        self._order: tuple[int, Rows] | None = None

    def batches(self, first: int) -> Generator[Batch, None, None]:
        """Yield the batch of step `first`, counted over all epochs, and all that follow."""
        with ThreadPoolExecutor(1) as reader:
            ahead: Future[Batch] = reader.submit(self._read, first)
            while True:
                batch = ahead.result()
                first += 1
                ahead = reader.submit(self._read, first)
                yield batch

    def _read(self, number: int) -> Batch:
        epoch, step = divmod(number, self.epoch_steps)
        if self._order is None or self._order[0] != epoch:
            self._order = epoch, permutation(len(self.pool), self._seed, epoch)
        start = step * self.batch_size
        rows = self._order[1][start : start + self.batch_size][self._share]
        return Batch(epoch, step, rows, self.pool.images[rows])


def sample_rows(n: int, most: int, seed: int) -> Rows:
    """Return at most `most` of n rows in ascending order, always the same ones for a seed."""
    return np.sort(permutation(n, seed, 2**32)[:most])
