"""Vectors that people bring along: checked, kept as an embedding of their own, and added to in parts."""

import hashlib
import threading
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tamis.model.embedding import Embedding, EncoderFacts
from tamis.model.errors import Conflict, Invalid
from tamis.model.ids import new_id
from tamis.services import embeddings
from tamis.services.embeddings import UPLOADED
from tamis.services.vector_files import Rows
from tamis.store import datasets, samples, vectors
from tamis.store.store import Store

MOST_DIMENSIONS = 16_384
_EXPECTED = "Send an Arrow file with the columns file_name: string and vector: fixed_size_list<float>[d]"
_ADDING = threading.Lock()  # so that two first parts of one name do not make two embeddings


@dataclass(frozen=True)
class Brought:
    """Checked vectors (n, d), one for each of n different file names."""

    file_names: list[str]
    matrix: NDArray[np.float32]

    def digest(self) -> str:
        """Name them by their content, in whatever order they came."""
        order = sorted(range(len(self.file_names)), key=self.file_names.__getitem__)
        names = "\0".join(self.file_names[i] for i in order).encode()
        return hashlib.sha256(names + b"\0" + self.matrix[order].tobytes()).hexdigest()


def add(store: Store, dataset_id: str, name: str, body: bytes) -> Embedding:
    """Add the vectors of an Arrow file to the embedding of this name, and make it where there is none.

    Sending the same vectors again adds nothing.

    Raises:
        Conflict: a sample has another vector already.
        Invalid: the file is not one of vectors, or holds a name that is not in the dataset.
        NotFound: there is no such dataset.
    """
    brought = _parse(body)
    with store.read() as connection:
        datasets.get(connection, dataset_id)
        found = samples.positions_of(connection, dataset_id, brought.file_names)
    missing = sorted(set(brought.file_names) - set(found))
    if missing:
        raise Invalid(
            f"{len(missing)} of {len(brought.file_names)} file names are not in this dataset, the first is "
            f"'{missing[0]}'.",
            field="file_name",
        )
    positions = np.array([found[file_name] for file_name in brought.file_names], np.uint32)
    order = np.argsort(positions)
    with _ADDING:
        embedding_id = _open(store, dataset_id, name, brought)
        _add(store, dataset_id, embedding_id, positions[order], brought.matrix[order])
    return embeddings.get(store, dataset_id, embedding_id)


def rows(store: Store, dataset_id: str, embedding_id: str) -> Iterator[Rows]:
    """Yield names and vectors of an embedding block by block, without those of deleted samples.

    Raises:
        NotFound: there is no such embedding.
    """
    version = embeddings.state(store, dataset_id, embedding_id).lance_version
    with store.read() as connection:
        present = datasets.present(connection, dataset_id)
    for positions, matrix in vectors.scan(store.folder, embedding_id, version):
        kept = np.isin(positions, present)
        with store.read() as connection:
            names = samples.columns(connection, dataset_id, positions[kept], "file_name")
        yield Rows([str(row[0]) for row in names], matrix[kept])


def part(store: Store, dataset_id: str, embedding_id: str, first: int, count: int) -> bytes:
    """Return the vectors of the positions from `first` on as an Arrow file, without those of deleted samples.

    Raises:
        NotFound: there is no such embedding.
    """
    found = embeddings.get(store, dataset_id, embedding_id)
    version = embeddings.state(store, dataset_id, embedding_id).lance_version
    positions, matrix = vectors.between(store.folder, embedding_id, version, first, first + count)
    with store.read() as connection:
        kept = np.isin(positions, datasets.present(connection, dataset_id))
        names = samples.columns(connection, dataset_id, positions[kept], "file_name")
    flat = pa.array(np.ascontiguousarray(matrix[kept]).reshape(-1), pa.float32())
    columns = {
        "position": pa.array(positions[kept], pa.uint32()),
        "file_name": pa.array([str(row[0]) for row in names], pa.utf8()),
        "vector": pa.FixedSizeListArray.from_arrays(flat, found.dimension),
    }
    table = pa.table(columns)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue().to_pybytes()  # type: ignore[no-any-return]  # untyped upstream


def _open(store: Store, dataset_id: str, name: str, brought: Brought) -> str:
    dimension = brought.matrix.shape[1]
    known = embeddings.find_uploaded(store, dataset_id, UPLOADED + name)
    if known is None:
        # The first part tells two embeddings of one name apart, wherever they are.
        facts = EncoderFacts(
            name=UPLOADED + name, dimension=dimension, weights=brought.digest(), preprocessing={}
        )
        return embeddings.open_full(store, dataset_id, facts, name)
    if known.dimension != dimension:
        raise Conflict(
            f"The embedding '{name}' has {known.dimension} dimensions, these vectors have {dimension}. "
            "Remove it first, or choose another name."
        )
    return known.id


def _add(
    store: Store,
    dataset_id: str,
    embedding_id: str,
    positions: NDArray[np.uint32],
    matrix: NDArray[np.float32],
) -> None:
    before = embeddings.state(store, dataset_id, embedding_id)
    if np.isin(positions, before.covered).any():
        for held, rows in vectors.scan(store.folder, embedding_id, before.lance_version):
            _refuse_other(positions, matrix, held, rows)
    part = store.folder.work(embedding_id) / f"{new_id()}.arrow"
    try:
        vectors.write_part(part, positions, matrix)
        embeddings.commit(store, dataset_id, embedding_id, [part])
    finally:
        part.unlink(missing_ok=True)


def _refuse_other(
    positions: NDArray[np.uint32],
    matrix: NDArray[np.float32],
    held: NDArray[np.uint32],
    rows: NDArray[np.float32],
) -> None:
    _, ours, theirs = np.intersect1d(positions, held, assume_unique=True, return_indices=True)
    different = (matrix[ours] != rows[theirs]).any(axis=1)
    if different.any():
        raise Conflict(
            f"{int(different.sum())} samples have another vector in this embedding already, the first is at "
            f"position {positions[ours[different][0]]}. Remove the embedding first, or choose another name."
        )


def _parse(body: bytes) -> Brought:
    try:
        table = pa.ipc.open_file(pa.BufferReader(body)).read_all()
        table.validate(full=True)
    except (pa.ArrowException, ValueError, OSError) as error:
        raise Invalid(f"This is no Arrow file. {_EXPECTED}.", field="body") from error
    _check_columns(table)
    file_names = [unicodedata.normalize("NFC", name) for name in table.column("file_name").to_pylist()]
    if len(set(file_names)) < len(file_names):
        raise Invalid("A file name comes twice. Send one vector for each sample.", field="file_name")
    column = table.column("vector").combine_chunks()
    matrix = column.flatten().to_numpy(zero_copy_only=False).reshape(len(file_names), -1)
    bad = ~np.isfinite(matrix).all(axis=1)
    if bad.any():
        raise Invalid(
            f"The vector of '{file_names[int(np.argmax(bad))]}' holds a value that is no finite number.",
            field="vector",
        )
    return Brought(file_names, matrix)


def _check_columns(table: pa.Table) -> None:
    kinds = {field.name: field.type for field in table.schema}
    vector = kinds.get("vector")
    if (
        len(table.schema) != 2
        or kinds.get("file_name") not in (pa.utf8(), pa.large_utf8())
        or vector is None
        or not pa.types.is_fixed_size_list(vector)
        or vector.value_type != pa.float32()
    ):
        raise Invalid(f"{_EXPECTED}; these are {table.schema.to_string()!r}.", field="body")
    if not 1 <= vector.list_size <= MOST_DIMENSIONS:
        raise Invalid(
            f"A vector has 1 to {MOST_DIMENSIONS} dimensions, not {vector.list_size}.", field="vector"
        )
    column = table.column("vector")
    if table.num_rows == 0:
        raise Invalid("The file holds no vectors.", field="body")
    if table.column("file_name").null_count or column.null_count:
        raise Invalid("The file has empty rows. Send a name and a vector in each.", field="body")
    if any(chunk.flatten().null_count for chunk in column.chunks):
        raise Invalid("A vector has an empty value. Send finite numbers only.", field="vector")
