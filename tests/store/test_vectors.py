"""Vectors: what was appended is read back to the bit, and only versions that SQL names count."""

import multiprocessing
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray

from tamis.model.errors import Conflict, Invalid
from tamis.store import vectors
from tamis.store.folder import DataFolder, open_folder

EMBEDDING = "e" * 24
Part = tuple[NDArray[np.uint32], NDArray[np.float32]]


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    return open_folder(tmp_path / "data")


def make_part(first: int, n: int, seed: int = 0) -> Part:
    noise = np.random.default_rng(first * 1000 + seed)
    return np.arange(first, first + n, dtype=np.uint32), noise.standard_normal((n, 5)).astype(np.float32)


def kept(folder: DataFolder, number: int, part: Part) -> Path:
    path = folder.work("j" * 24) / f"{number}.arrow"
    vectors.write_part(path, *part)
    return path


def check(found: Part, *parts: Part) -> None:
    """Compare with the parts sorted by position in plain Python."""
    expected = sorted(
        (int(position), row.tobytes()) for part in parts for position, row in zip(*part, strict=True)
    )
    assert [(int(position), row.tobytes()) for position, row in zip(*found, strict=True)] == expected


def test_parts_in_any_order_are_read_by_position_to_the_bit(folder: DataFolder) -> None:
    low, high, last = make_part(0, 7), make_part(7, 300), make_part(307, 1)
    paths = [kept(folder, number, part) for number, part in enumerate((high, low))]
    first = vectors.append(folder, EMBEDDING, None, paths)
    second = vectors.append(folder, EMBEDDING, first, [kept(folder, 3, last)])
    check(vectors.read(folder, EMBEDDING, second), low, high, last)
    blocks = list(vectors.scan(folder, EMBEDDING, second))
    assert np.concatenate([positions for positions, _ in blocks]).tolist() == [
        *range(7, 307),
        *range(7),
        307,
    ]


def test_vectors_are_kept_as_the_first_writer_chose_and_read_as_float32(folder: DataFolder) -> None:
    """An embedding that older versions began in float32 goes on in it."""
    for kind, other in ((np.float16, np.float32), (np.float32, np.float16)):
        (low, first), (high, second) = make_part(0, 4), make_part(4, 4)
        parts = [(low, first.astype(kind)), (high, second.astype(other))]
        version = None
        for number, (positions, rows) in enumerate(parts):
            path = folder.work("j" * 24) / f"{number}.arrow"
            vectors.write_part(path, positions, rows)
            version = vectors.append(folder, kind.__name__ + "e" * 17, version, [path])
        _, found = vectors.read(folder, kind.__name__ + "e" * 17, version)
        expected = np.concatenate([rows for _, rows in parts]).astype(kind).astype(np.float32)
        assert (found.dtype, found.tobytes()) == (np.float32, expected.tobytes())


def test_what_becomes_infinite_on_the_way_is_refused(folder: DataFolder) -> None:
    positions, rows = make_part(0, 4)
    paths = [folder.work("j" * 24) / f"{number}.arrow" for number in range(2)]
    vectors.write_part(paths[0], positions, rows.astype(np.float16))
    vectors.write_part(paths[1], positions + 4, rows * np.float32(1e5))
    version = vectors.append(folder, EMBEDDING, None, paths[:1])
    with pytest.raises(Invalid, match="over 65,504"):
        vectors.append(folder, EMBEDDING, version, paths[1:])
    assert len(vectors.read(folder, EMBEDDING, version)[0]) == 4


def test_readers_see_exactly_the_version_that_they_name(folder: DataFolder) -> None:
    one, two = make_part(0, 4), make_part(4, 4)
    first = vectors.append(folder, EMBEDDING, None, [kept(folder, 1, one)])
    second = vectors.append(folder, EMBEDDING, first, [kept(folder, 2, two)])
    check(vectors.read(folder, EMBEDDING, first), one)
    check(vectors.read(folder, EMBEDDING, second), one, two)


def test_an_embedding_without_a_version_has_no_vectors(folder: DataFolder) -> None:
    positions, matrix = vectors.read(folder, EMBEDDING, None)
    assert (len(positions), len(matrix)) == (0, 0)
    assert list(vectors.scan(folder, EMBEDDING, None)) == []


def test_a_first_append_that_sql_never_named_is_replaced(folder: DataFolder) -> None:
    path = kept(folder, 1, make_part(0, 4))
    vectors.append(folder, EMBEDDING, None, [path])  # and the worker is killed before the SQL commit
    version = vectors.append(folder, EMBEDDING, None, [path])
    check(vectors.read(folder, EMBEDDING, version), make_part(0, 4))


@pytest.mark.parametrize("crashes", [1, 2])
def test_a_later_append_that_sql_never_named_is_undone(folder: DataFolder, crashes: int) -> None:
    named = vectors.append(folder, EMBEDDING, None, [kept(folder, 1, make_part(0, 4))])
    path = kept(folder, 2, make_part(4, 4))
    for _ in range(crashes):
        vectors.append(folder, EMBEDDING, named, [path])
    version = vectors.append(folder, EMBEDDING, named, [path])
    check(vectors.read(folder, EMBEDDING, version), make_part(0, 4), make_part(4, 4))
    check(vectors.read(folder, EMBEDDING, named), make_part(0, 4))


def test_two_appends_to_one_version_never_mix(folder: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    import lance

    named = vectors.append(folder, EMBEDDING, None, [kept(folder, 1, make_part(0, 4))])
    path = kept(folder, 2, make_part(4, 4))
    write = lance.write_dataset

    def slow_write(*args: object, **options: object) -> object:
        monkeypatch.setattr(lance, "write_dataset", write)
        vectors.append(folder, EMBEDDING, named, [path])  # another writer, between our look and our write
        return write(*args, **options)

    monkeypatch.setattr(lance, "write_dataset", slow_write)
    with pytest.raises(Conflict, match=EMBEDDING):
        vectors.append(folder, EMBEDDING, named, [path])
    version = vectors.append(folder, EMBEDDING, named, [path])
    check(vectors.read(folder, EMBEDDING, version), make_part(0, 4), make_part(4, 4))


def test_a_part_is_read_back_to_the_bit_and_replaced_whole(folder: DataFolder) -> None:
    path = kept(folder, 1, make_part(0, 9))
    check(vectors.read_part(path), make_part(0, 9))
    kept(folder, 1, make_part(3, 2))
    check(vectors.read_part(path), make_part(3, 2))
    assert [entry.name for entry in path.parent.iterdir()] == ["1.arrow"]


def test_what_lies_on_the_disk_is_arrow_of_one_position_and_one_vector(folder: DataFolder) -> None:
    path = kept(folder, 1, make_part(0, 3))
    with pa.OSFile(str(path)) as file:
        schema = pa.ipc.open_file(file).schema
    assert schema == pa.schema([("position", pa.uint32()), ("vector", pa.list_(pa.float32(), 5))])


def append_in_child(data: Path, path: Path) -> None:
    vectors.append(DataFolder(data), EMBEDDING, None, [path])


def test_another_process_reads_what_a_process_has_appended(folder: DataFolder) -> None:
    path = kept(folder, 1, make_part(0, 4))
    process = multiprocessing.get_context("spawn").Process(target=append_in_child, args=(folder.path, path))
    process.start()
    process.join()
    assert process.exitcode == 0
    check(vectors.read(folder, EMBEDDING, 1), make_part(0, 4))


def test_a_step_that_found_nothing_to_do_leaves_a_part_without_rows(folder: DataFolder) -> None:
    nothing = np.empty(0, np.uint32), np.empty((0, 5), np.float32)
    positions, matrix = vectors.read_part(kept(folder, 0, nothing))
    assert (positions.shape, matrix.shape) == ((0,), (0, 5))
