"""Vectors: one Lance dataset for each embedding, of rows (position u32, vector f32[d] or f16[d]).

Whoever reads gets float32; what the first writer chose is how they are kept.

Lance appends are not idempotent, so SQL names the one version that counts: a writer that finds a
newer one restores the named version first, and readers open exactly the named version.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tamis.model.errors import Conflict, Invalid
from tamis.store import arrays
from tamis.store.folder import DataFolder, no_space

if TYPE_CHECKING:
    import lance

Matrix = NDArray[np.float32] | NDArray[np.float16]
_BATCH_ROWS = 16_384


def load_library() -> None:
    """Load Lance now instead of at the first use."""
    os.environ.setdefault("LANCE_LOG", "error")  # it warns of every dataset that is made for the first time
    import lance  # noqa: F401


def write_part(path: Path, positions: NDArray[np.uint32], vectors: Matrix) -> None:
    """Keep what one step has made, (n,) positions and (n, d) vectors, until it is committed."""
    arrays.write_part(path, _table(positions, vectors))


def append(folder: DataFolder, embedding_id: str, version: int | None, parts: list[Path]) -> int:
    """Append the parts, in the order given, to the named version, and return the new one.

    The new version counts only once SQL names it: a crash in between is undone by the next append.

    Raises:
        Conflict: another writer has appended at the same time.
        Invalid: a number of a float32 part is more than the float16 of the dataset can hold.
        NoSpace: the disk is full.
    """
    load_library()
    import lance

    uri = str(folder.vectors(embedding_id))
    with pa.memory_map(str(parts[0])) as first:
        schema = pa.ipc.open_file(first).schema
    with no_space(folder.path):
        if version is None:
            reader = pa.RecordBatchReader.from_batches(schema, _batches(parts, schema))
            return int(lance.write_dataset(reader, uri, mode="overwrite").version)
        dataset = lance.dataset(uri)
        if dataset.version != version:
            dataset = lance.dataset(uri, version=version)
            dataset.restore()  # type: ignore[no-untyped-call]  # untyped upstream
        _check_fit(parts, dataset.schema)
        before = dataset.version
        reader = pa.RecordBatchReader.from_batches(dataset.schema, _batches(parts, dataset.schema))
        after = int(lance.write_dataset(reader, dataset, mode="append").version)
    if after != before + 1:  # Lance lets two appends follow each other; SQL must name neither of the mixture
        raise Conflict(f"Another job has extended the embedding '{embedding_id}' at the same time.")
    return after


def read(
    folder: DataFolder, embedding_id: str, version: int | None
) -> tuple[NDArray[np.uint32], NDArray[np.float32]]:
    """Return all positions, ascending, and their vectors (n, d) of exactly this version."""
    if version is None:
        return np.empty(0, np.uint32), np.empty((0, 0), np.float32)
    dataset = _open(folder, embedding_id, version)
    n = dataset.count_rows()
    dimension = dataset.schema.field("vector").type.list_size
    positions, vectors = np.empty(n, np.uint32), np.empty((n, dimension), np.float32)
    filled = 0
    for some, rows in _blocks(dataset):  # into place at once: a list of blocks would need the memory twice
        place = slice(filled, filled + len(some))
        positions[place], vectors[place] = some, rows
        filled += len(some)
    if (positions[1:] > positions[:-1]).all():
        return positions, vectors
    order = np.argsort(positions, kind="stable")
    return positions[order], vectors[order]


def positions(folder: DataFolder, embedding_id: str, version: int | None) -> NDArray[np.uint32]:
    """Return the positions that have a vector in exactly this version, ascending, repeats included."""
    if version is None:
        return np.empty(0, np.uint32)
    held = _open(folder, embedding_id, version).to_table(columns=["position"])
    return np.sort(held.column("position").to_numpy())


def between(
    folder: DataFolder, embedding_id: str, version: int | None, first: int, end: int
) -> tuple[NDArray[np.uint32], NDArray[np.float32]]:
    """Return the positions from `first` up to, but not with, `end`, ascending, and their vectors (n, d)."""
    if version is None:
        return np.empty(0, np.uint32), np.empty((0, 0), np.float32)
    found = _open(folder, embedding_id, version).to_table(filter=f"position >= {first} AND position < {end}")
    some, rows = _arrays(found)
    order = np.argsort(some, kind="stable")
    return some[order], rows[order]


def scan(
    folder: DataFolder, embedding_id: str, version: int | None
) -> Iterator[tuple[NDArray[np.uint32], NDArray[np.float32]]]:
    """Yield (positions, vectors) in blocks, in the order in which they were written."""
    if version is not None:
        yield from _blocks(_open(folder, embedding_id, version))


def _open(folder: DataFolder, embedding_id: str, version: int) -> "lance.LanceDataset":
    import lance

    return lance.dataset(str(folder.vectors(embedding_id)), version=version)


def _blocks(dataset: "lance.LanceDataset") -> Iterator[tuple[NDArray[np.uint32], NDArray[np.float32]]]:
    """Cut after every so many rows, and not where an append ended as Lance does.

    A sum over blocks then has the same bits, however often the writing was interrupted.
    """
    waiting: list[pa.RecordBatch] = []
    rows = 0
    for batch in dataset.to_batches(batch_size=_BATCH_ROWS):
        rest = batch
        while rows + rest.num_rows >= _BATCH_ROWS:
            cut = _BATCH_ROWS - rows
            yield _arrays(pa.Table.from_batches([*waiting, rest.slice(0, cut)]))
            rest, waiting, rows = rest.slice(cut), [], 0
        if rest.num_rows:
            waiting.append(rest)
            rows += rest.num_rows
    if waiting:
        yield _arrays(pa.Table.from_batches(waiting))


def read_part(path: Path) -> tuple[NDArray[np.uint32], Matrix]:
    """Return what one step has made, as it was written."""
    with pa.memory_map(str(path)) as file:
        return _as_kept(pa.ipc.open_file(file).read_all())


def _batches(parts: list[Path], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """Yield what the parts hold, in the type of the first that was ever written."""
    for part in parts:
        with pa.memory_map(str(part)) as file:
            yield from pa.ipc.open_file(file).read_all().cast(schema).to_batches()


def _check_fit(parts: list[Path], schema: pa.Schema) -> None:
    """Refuse what is too large; before Lance reads the parts, since it makes another error of any."""
    if schema.field("vector").type.value_type != pa.float16():
        return
    for part in parts:
        rows = read_part(part)[1]
        if rows.dtype != np.float16 and np.abs(rows).max(initial=0) > np.finfo(np.float16).max:
            raise Invalid("The vectors hold a number over 65,504, which float16 cannot hold.")


def _table(positions: NDArray[np.uint32], vectors: Matrix) -> pa.Table:
    flat = pa.array(np.ascontiguousarray(vectors).reshape(-1))
    rows = pa.FixedSizeListArray.from_arrays(flat, vectors.shape[1])
    return pa.table({"position": pa.array(positions, pa.uint32()), "vector": rows})


def _arrays(table: pa.Table) -> tuple[NDArray[np.uint32], NDArray[np.float32]]:
    positions, rows = _as_kept(table)
    return positions, rows.astype(np.float32, copy=False)


def _as_kept(table: pa.Table) -> tuple[NDArray[np.uint32], Matrix]:
    positions, rows = (table.column(name).combine_chunks() for name in ("position", "vector"))
    flat = rows.flatten().to_numpy(zero_copy_only=False)
    return positions.to_numpy(), flat.reshape(len(rows), rows.type.list_size)
