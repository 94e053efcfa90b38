"""Vectors: one Lance dataset for each embedding, of rows (position u32, vector f32[d]).

Lance appends are not idempotent, so SQL names the one version that counts: a writer that finds a
newer one restores the named version first, and readers open exactly the named version.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tamis.model.errors import Conflict
from tamis.store.folder import DataFolder, no_space, write_whole

_BATCH_ROWS = 16_384


def write_part(path: Path, positions: NDArray[np.uint32], vectors: NDArray[np.float32]) -> None:
    """Keep what one step has made, (n,) positions and (n, d) vectors, until it is committed."""
    table = _table(positions, vectors)
    path.parent.mkdir(parents=True, exist_ok=True)

    def write(file: object) -> None:
        with pa.ipc.new_file(file, table.schema) as writer:
            writer.write_table(table)

    write_whole(path, write)


def append(folder: DataFolder, embedding_id: str, version: int | None, parts: list[Path]) -> int:
    """Append the parts, in the order given, to the named version, and return the new one.

    The new version counts only once SQL names it: a crash in between is undone by the next append.

    Raises:
        Conflict: another writer has appended at the same time.
        NoSpace: the disk is full.
    """
    import lance

    uri = str(folder.vectors(embedding_id))
    with pa.memory_map(str(parts[0])) as first:
        schema = pa.ipc.open_file(first).schema
    reader = pa.RecordBatchReader.from_batches(schema, _batches(parts))
    with no_space(folder.path):
        if version is None:
            return int(lance.write_dataset(reader, uri, mode="overwrite").version)
        dataset = lance.dataset(uri)
        if dataset.version != version:
            dataset = lance.dataset(uri, version=version)
            dataset.restore()  # type: ignore[no-untyped-call]  # untyped upstream
        before = dataset.version
        after = int(lance.write_dataset(reader, dataset, mode="append").version)
    if after != before + 1:  # Lance lets two appends follow each other; SQL must name neither of the mixture
        raise Conflict(f"Another job has extended the embedding '{embedding_id}' at the same time.")
    return after


def read(
    folder: DataFolder, embedding_id: str, version: int | None
) -> tuple[NDArray[np.uint32], NDArray[np.float32]]:
    """Return all positions, ascending, and their vectors (n, d) of exactly this version."""
    batches = list(scan(folder, embedding_id, version))
    if not batches:
        return np.empty(0, np.uint32), np.empty((0, 0), np.float32)
    positions = np.concatenate([batch[0] for batch in batches])
    vectors = np.concatenate([batch[1] for batch in batches])
    order = np.argsort(positions, kind="stable")
    return positions[order], vectors[order]


def positions(folder: DataFolder, embedding_id: str, version: int | None) -> NDArray[np.uint32]:
    """Return the positions that have a vector in exactly this version, ascending, repeats included."""
    blocks = [block for block, _ in scan(folder, embedding_id, version)]
    return np.sort(np.concatenate(blocks)) if blocks else np.empty(0, np.uint32)


def scan(
    folder: DataFolder, embedding_id: str, version: int | None
) -> Iterator[tuple[NDArray[np.uint32], NDArray[np.float32]]]:
    """Yield (positions, vectors) in blocks, in the order in which they were written."""
    if version is None:
        return
    import lance

    dataset = lance.dataset(str(folder.vectors(embedding_id)), version=version)
    for batch in dataset.to_batches(batch_size=_BATCH_ROWS):
        yield _arrays(batch)


def read_part(path: Path) -> tuple[NDArray[np.uint32], NDArray[np.float32]]:
    """Return what one step has made."""
    with pa.memory_map(str(path)) as file:
        return _arrays(pa.ipc.open_file(file).read_all().combine_chunks().to_batches()[0])


def _batches(parts: list[Path]) -> Iterator[pa.RecordBatch]:
    for part in parts:
        with pa.memory_map(str(part)) as file:
            yield from pa.ipc.open_file(file).read_all().to_batches()


def _table(positions: NDArray[np.uint32], vectors: NDArray[np.float32]) -> pa.Table:
    flat = pa.array(np.ascontiguousarray(vectors, np.float32).reshape(-1))
    rows = pa.FixedSizeListArray.from_arrays(flat, vectors.shape[1])
    return pa.table({"position": pa.array(positions, pa.uint32()), "vector": rows})


def _arrays(batch: pa.RecordBatch) -> tuple[NDArray[np.uint32], NDArray[np.float32]]:
    rows = batch.column("vector")
    flat = rows.flatten().to_numpy(zero_copy_only=False)
    return batch.column("position").to_numpy(), flat.reshape(len(rows), -1)
