"""Encoding: thumbnails become vectors, shard by shard; then the reduced child follows."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tamis.encoders import Encoder, find_scheme
from tamis.images.square import square
from tamis.jobs.run import Run
from tamis.model.digest import Json
from tamis.model.embedding import EmbeddingCreate, EncoderFacts
from tamis.model.job import JobCancelled
from tamis.projection import Basis, fit_basis
from tamis.services import embeddings, prepare
from tamis.store import arrays, bitmaps, thumbnails, vectors

SHARD = 256
"""Positions in one step: shard s holds those from s * SHARD on. A multiple of every encoder's batch size."""
_PAUSE_SECONDS = 0.1


def work(run: Run) -> dict[str, Json]:
    """Encode what has no vector yet, commit it, and reduce it.

    While an older job still reads the dataset's folder, shards are encoded as they become complete: reading
    waits for the disk and for commits, and encoding uses the cores meanwhile.
    """
    wanted = EmbeddingCreate.model_validate(run.arguments)
    facts = embeddings.encoder_of(run.store, run.dataset_id, wanted.encoder)
    if facts is None:
        facts = run.tools.encoder(wanted.encoder).facts()
        embeddings.check_dimensions(facts, wanted.dimensions)
    full_id = run.step("open", _open, run, wanted.encoder, facts)
    encoded: list[int] = []
    done, more = 0, not embeddings.is_uploaded(facts)
    try:
        while more:
            shards, total, more = run.step(f"look {len(encoded)}", _look, run, full_id, encoded, done)
            for shard in shards:
                done += run.step(f"encode {shard}", _encode, run, wanted.encoder, full_id, shard, done, total)
                encoded.append(shard)
    finally:  # also when cancelled or failed: the next job goes on from what has been encoded
        parts = [_part(run, "full", shard) for shard in encoded]
        embeddings.commit(run.store, run.dataset_id, full_id, [part for part in parts if part.exists()])
    reduced_id = full_id
    if embeddings.is_reduced(facts):
        reduced_id = run.step("reduce", _reduce, run, full_id, wanted.dimensions)
    if wanted.then_project:
        run.step("follow up", prepare.follow_up, run.store, run.dataset_id, reduced_id, wanted.then_project)
    return {"embedding_id": full_id, "reduced_id": reduced_id, "encoded": done}


def _open(run: Run, name: str, facts: EncoderFacts) -> str:
    versions = {} if embeddings.is_uploaded(facts) else find_scheme(name)[0].versions()
    return embeddings.open_full(run.store, run.dataset_id, facts, versions=versions)


def _look(run: Run, full_id: str, encoded: list[int], done: int) -> tuple[list[int], int, bool]:
    """Return the shards to encode next, how many vectors there will be, and whether to look again.

    While the folder is read, only complete shards count, so that each is encoded once and whole.
    """
    while True:
        reading = embeddings.reading(run.store, run.dataset_id, run.job_id)
        lacking = embeddings.lacking(run.store, run.dataset_id, full_id)
        shards = np.setdiff1d(lacking // SHARD, encoded)
        if reading is None:
            return shards.tolist(), len(lacking), False
        shards = shards[(shards + 1) * SHARD <= reading.n_samples]
        total = max(len(lacking), reading.n_files)
        if len(shards):
            return shards.tolist(), total, True
        run.report("embed", done, total)
        time.sleep(_PAUSE_SECONDS)


def _encode(run: Run, name: str, full_id: str, shard: int, done: int, total: int) -> int:
    """Encode one shard into a file of its own, and return how many vectors it holds.

    That may be none by now: another job has been faster, or all of its samples have been deleted.
    """
    run.report("embed", done, total)
    encoder = run.tools.encoder(name)
    embeddings.check_encoder(run.store, run.dataset_id, full_id, encoder.facts())
    lacking = embeddings.lacking(run.store, run.dataset_id, full_id)
    positions = lacking[(lacking // SHARD) == shard]
    matrix = np.empty((len(positions), encoder.dimension), np.float32)
    filled = 0
    for rows in _batches(run, encoder, positions):
        matrix[filled : filled + len(rows)] = rows
        filled += len(rows)
        run.report("embed", done + filled, total)
    vectors.write_part(_part(run, "full", shard), positions, embeddings.as_kept(encoder.facts(), matrix))
    return filled


def _batches(run: Run, encoder: Encoder, positions: bitmaps.Positions) -> Iterator[NDArray[np.float32]]:
    """Yield the vectors of position-aligned batches; each is decoded and encoded by one thread.

    The alignment makes a resumed run equal a straight one to the last bit.
    """
    hashes = embeddings.thumbnail_hashes(run.store, run.dataset_id, positions)

    def encode(batch: NDArray[np.intp]) -> NDArray[np.float32]:
        thumbnails_of_batch = (thumbnails.read(run.store.folder, hashes[i]) for i in batch)
        return encoder.encode(np.stack([square(data, encoder.input_size) for data in thumbnails_of_batch]))

    borders = np.flatnonzero(np.diff(positions // encoder.batch_size)) + 1
    batches = np.split(np.arange(len(positions)), borders) if len(positions) else []
    pool = ThreadPoolExecutor(encoder.lanes)
    try:
        yield from pool.map(encode, batches)
    finally:  # when cancelled, the rest of the shard is not waited for
        pool.shutdown(cancel_futures=True)


def _reduce(run: Run, full_id: str, dimensions: int) -> str:
    """Extend the reduced child to all that its parent covers; make and freeze it when there is none."""
    reduced_id = _open_reduced(run, full_id, dimensions)
    full = embeddings.state(run.store, run.dataset_id, full_id)
    reduced = embeddings.state(run.store, run.dataset_id, reduced_id)
    basis = _read_basis(run, str(reduced.basis))
    parts: list[Path] = []
    for number, (positions, matrix) in enumerate(vectors.scan(run.store.folder, full_id, full.lance_version)):
        new = ~np.isin(positions, reduced.covered)
        if new.any():
            parts.append(_part(run, "reduced", number))
            vectors.write_part(parts[-1], positions[new], basis.apply(matrix[new]))
        if run.cancelled():
            raise JobCancelled
    embeddings.commit(run.store, run.dataset_id, reduced_id, parts)
    return reduced_id


def _open_reduced(run: Run, full_id: str, dimensions: int) -> str:
    known = embeddings.find_reduced(run.store, run.dataset_id, full_id, dimensions)
    if known is not None:
        return known.id
    full = embeddings.get(run.store, run.dataset_id, full_id)
    state = embeddings.state(run.store, run.dataset_id, full_id)
    blocks = vectors.scan(run.store.folder, full_id, state.lance_version)
    basis = fit_basis((matrix for _, matrix in blocks), dimensions)
    columns = {name: pa.array([array.tolist()]) for name, array in basis.to_arrays().items()}
    digest = arrays.write(run.store.folder, pa.table(columns))
    return embeddings.open_reduced(run.store, run.dataset_id, full, dimensions, digest, state.covered)


def _read_basis(run: Run, digest: str) -> Basis:
    table = arrays.read(run.store.folder, digest)
    return Basis.from_arrays({name: np.array(table.column(name)[0].as_py()) for name in table.column_names})


def _part(run: Run, name: str, number: int) -> Path:
    return run.folder / f"{name}-{number}.arrow"
