"""Vectors in files: what goes out comes back, and what is wrong is named by its place."""

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from tamis.model.embedding import EncoderFacts
from tamis.model.errors import Invalid
from tamis.services import vector_files
from tamis.services.vector_files import About, Rows, read_rows, suffixes, write_rows
from tamis.services.vector_files.base import BLOCK

D = 3
ABOUT = About(
    name="lite0",
    kind="full",
    encoder=EncoderFacts(name="lite0", dimension=D, weights="0" * 64, preprocessing={"size": 224}),
    dimension=D,
    precision="single",
    tamis="0.1.0",
)
NAMES = ["a.jpg", "b/ü.jpg", " c .png", "日本.jpg", "-1.webp"]
VECTORS = np.array(
    [[0.1, -2.5, 3e-38], [1 / 3, 16777217, -0.0], [5, 6, 7], [1e30, -1e30, 0], [9, 8, 7]], np.float32
)


def blocks(names: list[str] = NAMES, vectors: np.ndarray = VECTORS, at_once: int = 2) -> Iterator[Rows]:
    for start in range(0, len(names), at_once):
        yield Rows(names[start : start + at_once], vectors[start : start + at_once])


def everything(path: Path) -> tuple[list[str], np.ndarray]:
    parts = list(read_rows(path))
    return [name for part in parts for name in part.file_names], np.concatenate([p.vectors for p in parts])


@pytest.mark.parametrize("suffix", suffixes())
def test_what_is_written_comes_back_to_the_last_bit(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"vectors{suffix}"
    assert write_rows(path, ABOUT, blocks()) == len(NAMES)
    names, vectors = everything(path)
    assert names == NAMES
    assert (vectors.dtype, vectors.tobytes()) == (np.float32, VECTORS.tobytes())


@pytest.mark.parametrize("suffix", [".npz", ".parquet"])
def test_half_precision_rounds_and_refuses_what_it_cannot_hold(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"vectors{suffix}"
    half = ABOUT.model_copy(update={"precision": "half"})
    small = VECTORS[[0, 2, 4]]
    write_rows(path, half, [Rows(["a", "b", "c"], small)])
    assert everything(path)[1].tobytes() == small.astype(np.float16).astype(np.float32).tobytes()
    with pytest.raises(Invalid, match=r"'日本\.jpg' holds 1e\+30, and float16 ends at 65504"):
        write_rows(path, half, [Rows(NAMES[2:], VECTORS[2:])])
    assert everything(path)[0] == ["a", "b", "c"]  # the old file is whole


@pytest.mark.parametrize("suffix", suffixes())
def test_many_rows_come_back_in_blocks(tmp_path: Path, suffix: str) -> None:
    n = BLOCK + 5
    names, vectors = [f"{number}.jpg" for number in range(n)], np.zeros((n, 2), np.float32)
    vectors[:, 1] = np.arange(n)
    path = tmp_path / f"vectors{suffix}"
    write_rows(path, ABOUT.model_copy(update={"dimension": 2}), blocks(names, vectors, 1000))
    assert max(len(part.file_names) for part in read_rows(path)) <= BLOCK
    found, back = everything(path)
    assert (found, back.tobytes()) == (names, vectors.tobytes())


def test_the_facts_of_the_encoder_stay_with_the_vectors(tmp_path: Path) -> None:
    for suffix in (".npz", ".parquet"):
        write_rows(tmp_path / f"vectors{suffix}", ABOUT, blocks())
    expected = ABOUT.model_dump(mode="json")
    assert json.loads((tmp_path / "vectors.json").read_text()) == expected
    metadata = parquet.read_schema(tmp_path / "vectors.parquet").metadata
    assert json.loads(metadata[b"tamis"]) == expected
    with np.load(tmp_path / "vectors.npz") as arrays:
        assert json.loads(str(arrays["about"])) == expected
        assert (arrays["file_names"].tolist(), arrays["vectors"].dtype) == (NAMES, np.float32)


def test_the_csv_is_the_classic_one(tmp_path: Path) -> None:
    path = tmp_path / "embeddings.csv"
    write_rows(path, ABOUT.model_copy(update={"dimension": 2}), [Rows(["im_00.jpg"], VECTORS[2:3, :2])])
    assert path.read_text() == "filenames,embedding_0,embedding_1,labels\nim_00.jpg,5,6,0\n"


def test_columns_of_the_docker_image_and_quotation_are_read(tmp_path: Path) -> None:
    path = tmp_path / "embeddings.csv"
    path.write_bytes(
        b'\xef\xbb\xbffilenames,embedding_0,embedding_1,masked,selected,labels\r\n"a.jpg",1,2e0,0,1,-3\r\n'
    )
    names, vectors = everything(path)
    assert (names, vectors.tolist()) == (["a.jpg"], [[1.0, 2.0]])


@pytest.mark.parametrize("name", ["a,b.jpg", 'a"b.jpg', "a\nb.jpg"])
def test_a_name_that_the_csv_cannot_hold_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(Invalid, match="holds a comma, a quotation mark or a line break"):
        write_rows(tmp_path / "a.csv", ABOUT, [Rows([name], VECTORS[:1])])
    assert list(tmp_path.iterdir()) == []


HEAD = "filenames,embedding_0,embedding_1,labels\n"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "line 1, column 1: the first column is 'filenames', not ''"),
        ("file,embedding_0,labels\n", "the first column is 'filenames', not 'file'"),
        ("filenames,embedding_0\n", "line 1: there is no column 'labels'"),
        ("filenames,labels\n", "the columns 'embedding_0' and so on"),
        ("filenames, embedding_0,labels\n", "column 2: ' embedding_0' holds a space"),
        ("filenames,embedding_1,labels\n", "column 2: the column 'embedding_0' is expected"),
        ("filenames,embedding_0,labels,colour\n", "column 3: the column 'embedding_1' is expected"),
        ("filenames,embedding_0,masked,embedding_1,labels\n", "the columns 'embedding_0' and so on"),
        (HEAD, "holds no vectors"),
        (HEAD + "a,1,2,0\nb,1,0\n", "line 3: there are 3 columns, and 4 in line 1"),
        (HEAD + "a,1,2,0\n\nb,1,2,0\n", "line 3: there are 0 columns"),
        (HEAD + "a,1,2,0\nb,1,zwei,0\n", "line 3, column embedding_1: 'zwei' is no number"),
        (HEAD + "a,1_0,2,0\n", "line 2, column embedding_0: '1_0' is no number"),
        (HEAD + "a,1,,0\n", "line 2, column embedding_1: '' is no number"),
        (HEAD + "a,1,nan,0\n", "line 2, column embedding_1: nan is not finite"),
        (HEAD + "a,1e39,2,0\n", "line 2, column embedding_0: inf is not finite"),
        (HEAD + "a,1,2,cat\n", "line 2, column labels: 'cat' is no whole number"),
        (HEAD + "a,1,2,0\na,1,2,0\n", "line 3: 'a' is in line 2 already"),
        (HEAD + ",1,2,0\n", "line 2: there is no file name"),
        (HEAD + '"a,b",1,2,0\n', "line 2, column filenames: 'a,b' holds a comma"),
        (HEAD + '"a\nb",1,2,0\n', "line 3: a file name holds a line break"),
        (HEAD + 'a,1,2,0\n"b,1,2,0\n', "unexpected end of data"),
        (HEAD + "a" * (csv.field_size_limit() + 1) + ",1,2,0\n", "field larger than field limit"),
    ],
)
def test_what_is_wrong_in_a_csv_is_named_by_line_and_column(tmp_path: Path, text: str, sentence: str) -> None:
    path = tmp_path / "embeddings.csv"
    path.write_text(text)
    with pytest.raises(Invalid) as refusal:
        everything(path)
    assert sentence in refusal.value.message
    assert str(path) in refusal.value.message


def test_a_csv_in_another_encoding_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "embeddings.csv"
    path.write_bytes((HEAD + "ü.jpg,1,2,0\n").encode("latin-1"))
    with pytest.raises(Invalid, match="no text in UTF-8"):
        everything(path)


def npz(path: Path, **arrays: object) -> None:
    np.savez(path, **arrays, allow_pickle=True)  # type: ignore[arg-type]


def pickled(path: Path) -> None:
    npz(path, file_names=np.array(["a"]), vectors=np.array([[object()]], dtype=object))


def cut(path: Path) -> None:
    entry = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        entry, {"descr": "<f4", "fortran_order": False, "shape": (10**12, 2)}
    )
    names = io.BytesIO()
    np.lib.format.write_array_header_1_0(names, {"descr": "<U1", "fortran_order": False, "shape": (10**12,)})
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("file_names.npy", names.getvalue())
        archive.writestr("vectors.npy", entry.getvalue())


ONE = np.ones((1, 2), np.float32)


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda path: path.write_bytes(b"no archive"), "is no npz file"),
        (lambda path: npz(path, vectors=ONE), "has no array file_names"),
        (lambda path: npz(path, file_names=np.array(["a", "b"]), vectors=ONE), "2 file names for 1 vectors"),
        (lambda path: npz(path, file_names=np.array([1]), vectors=ONE), "array .* of texts"),
        (lambda path: npz(path, file_names=np.array(["a"]), vectors=ONE[0]), r"array \(n, d\) of floats"),
        (lambda path: npz(path, file_names=np.array(["a"]), vectors=ONE.astype(int)), "of floats, not int64"),
        (lambda path: npz(path, file_names=np.array(["a"]), vectors=ONE * np.nan), "row 0, number 0: nan"),
        (lambda path: npz(path, file_names=np.array(["a"] * 2), vectors=np.ones((2, 2))), "row 1: 'a'"),
        (pickled, "of floats, not object"),
        (cut, "is cut short"),
    ],
)  # fmt: skip
def test_a_wrong_npz_is_refused_and_never_unpickled(
    tmp_path: Path, make: Callable[[Path], object], sentence: str
) -> None:
    path = tmp_path / "vectors.npz"
    make(path)
    with pytest.raises(Invalid, match=sentence):
        everything(path)


LISTS = pa.list_(pa.float32())
A, AB = pa.array(["a"]), pa.array(["a", "b"])


@pytest.mark.parametrize(
    ("names", "vectors", "sentence"),
    [
        (pa.array([1]), pa.array([[1.0]]), "column file_name: int64 is no text"),
        (A, pa.array([1.0]), "column vector: double is no list"),
        (A, pa.array([[1]]), "no list of floats"),
        (pa.array(["a", None]), pa.array([[1.0], [2.0]]), "row 1: there is no file name"),
        (AB, pa.array([[1.0], None]), "row 1: there is no vector"),
        (AB, pa.array([[1.0], [None]]), "row 1, number 0: there is no number"),
        (AB, pa.array([[1.0], [1.0, 2.0]]), "row 1: a vector of 2 numbers, not 1"),
        (A, pa.array([[1e300]]), "row 0, number 0: inf is not finite"),
        (A, pa.array([[]], LISTS), "vectors of 0 numbers"),
        (pa.array([], pa.utf8()), pa.array([], LISTS), "holds no vectors"),
    ],
)
def test_a_wrong_parquet_is_refused(
    tmp_path: Path, names: pa.Array, vectors: pa.Array, sentence: str
) -> None:
    path = tmp_path / "vectors.parquet"
    parquet.write_table(pa.table({"file_name": names, "vector": vectors}), path)
    with pytest.raises(Invalid, match=sentence):
        everything(path)


def test_a_parquet_without_the_columns_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "vectors.parquet"
    parquet.write_table(pa.table({"name": A}), path)
    with pytest.raises(Invalid, match="no column file_name and no column vector"):
        everything(path)


def test_other_endings_missing_and_damaged_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match=r"ends in none of \.csv, \.npz, \.parquet"):
        everything(tmp_path / "vectors.txt")
    for suffix in suffixes():
        with pytest.raises(Invalid):
            everything(tmp_path / f"nothing{suffix}")
    (tmp_path / "a.parquet").write_bytes(b"PAR1 and nothing more")
    with pytest.raises(Invalid, match="no Parquet file"):
        everything(tmp_path / "a.parquet")


def test_nothing_to_write_leaves_nothing(tmp_path: Path) -> None:
    for suffix in suffixes():
        with pytest.raises(Invalid, match="no vectors to write"):
            write_rows(tmp_path / f"vectors{suffix}", ABOUT, [])
    assert list(tmp_path.iterdir()) == []
    assert vector_files.format_of(Path("A.NPZ")).suffix == ".npz"
