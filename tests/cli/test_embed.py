"""`tamis embed` and `tamis embedding`: a folder to a file, a dataset to an embedding, out and in again."""

import json
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pytest

from tamis.services.vector_files import read_rows
from tests.cli.conftest import make_photos, run
from tests.encoders.networks import network

N = 6


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    return make_photos(tmp_path / "photos", N)


def read(path: Path) -> tuple[list[str], np.ndarray]:
    parts = list(read_rows(path))
    return [name for one in parts for name in one.file_names], np.concatenate([p.vectors for p in parts])


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def test_a_folder_becomes_a_file_and_bad_images_are_told(photos: Path, home: Path) -> None:
    (photos / "broken.jpg").write_bytes(b"\xff\xd8\xff no picture")
    (photos / "empty.png").touch()
    out = home.parent / "pixels.parquet"
    done = run(home, "embed", photos, "--encoder", "pixels", "--out", out, "--json")
    assert (done.code, home.exists()) == (3, False)
    report = json.loads(done.out)
    assert sorted(report.pop("problems")) == ["broken.jpg", "empty.png"]
    assert report.pop("seconds") > 0
    assert report == {"file": str(out), "encoder": "pixels", "rows": N, "dimension": 768}
    names, vectors = read(out)
    files = sorted(str(path.relative_to(photos)) for path in photos.rglob("*.jpg"))
    assert names == [name for name in files if name != "broken.jpg"]
    assert (vectors.shape, vectors.min() >= 0, vectors.max() <= 1) == ((N, 768), True, True)
    about = json.loads(out.with_suffix(".json").read_text())
    assert (about["encoder"]["name"], about["precision"], about["kind"]) == ("pixels", "half", "full")
    assert about["versions"] == {name: version(name) for name in ("tamis", "numpy", "pillow", "simplejpeg")}


def test_networks_and_functions_encode_a_folder_reduced_too(photos: Path, home: Path) -> None:
    net = network(home.parent / "net.onnx")
    plain, reduced, function = (home.parent / f"{name}.csv" for name in ("plain", "reduced", "function"))
    assert run(home, "embed", photos, "--encoder", f"onnx:{net}", "--out", plain).code == 0
    more = ("--encoder", f"onnx:{net}", "--reduced", "--dimensions", "2", "--out", reduced)
    assert run(home, "embed", photos, *more).code == 0
    name = "python:tests.encoders.networks:mean_colours"
    assert run(home, "embed", photos, "--encoder", name, "--out", function).code == 0
    assert [read(path)[1].shape for path in (plain, reduced, function)] == [(N, 3), (N, 2), (N, 3)]
    np.testing.assert_allclose(read(reduced)[1].mean(axis=0), 0, atol=1e-5)


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        ((), 2, "say where its vectors go with --out"),
        (("--out", "a.txt"), 2, "ends in none of .csv, .npz, .parquet"),
        (("--encoder", "clip", "--out", "a.csv"), 2, "There is no encoder 'clip'"),
        (("--encoder", "onnx:no.onnx", "--out", "a.csv"), 1, "There is no file 'no.onnx'"),
        (("--encoder", "pixels", "--out", "nowhere/a.csv"), 2, "name a file in a folder that exists"),
    ],
)
def test_what_cannot_be_done_is_told_before_any_work(
    photos: Path, home: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], code: int,
    sentence: str,
) -> None:  # fmt: skip
    monkeypatch.chdir(home.parent)
    done = run(home, "embed", photos, *arguments)
    assert (done.code, sentence in done.err) == (code, True), done.err
    assert sorted(path.name for path in home.parent.iterdir()) == ["photos"]


def test_a_folder_without_images_and_one_of_broken_ones_leave_no_file(home: Path) -> None:
    folder, out = home.parent / "photos", home.parent / "a.npz"
    folder.mkdir()
    done = run(home, "embed", folder, "--encoder", "pixels", "--out", out)
    assert (done.code, "There are no images in" in done.err) == (1, True)
    (folder / "a.jpg").write_bytes(b"no picture")
    done = run(home, "embed", folder, "--encoder", "pixels", "--out", out)
    assert (done.code, "None of the 1 images" in done.err, out.exists()) == (1, True, False)
    done = run(home, "embed", "nothing", "--out", out)
    assert (done.code, "neither a folder 'nothing' nor a dataset" in done.err) == (2, True)


def test_a_dataset_is_embedded_exported_imported_and_freed_again(
    photos: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The whole way with one data folder, since each command starts a worker."""
    assert run(home, "curate", photos, "--keep", "2", "--encoder", "pixels").code == 0
    net = network(home.parent / "net.onnx")
    monkeypatch.chdir(home.parent)  # where a folder has the name of the dataset
    done = run(home, "embed", "photos", "--encoder", f"onnx:{net}", "--json")
    report = json.loads(done.out)
    assert (report["encoder"], report["encoded"], report["rows"]) == ("onnx:net.onnx", N, N)
    assert (home / "encoders/net.onnx").read_bytes() == net.read_bytes()

    out = home.parent / "mine.npz"
    assert run(home, "embedding", "export", "onnx:net.onnx", "--single", "--out", out).code == 0
    names, vectors = read(out)
    assert (len(names), vectors.shape) == (N, (N, 3))
    done = run(home, "embedding", "import", out)
    assert (done.code, "Imported 6 vectors as 'mine' into 'photos'." in done.out) == (0, True)
    again = home.parent / "again.csv"
    assert run(home, "embedding", "export", "mine", "--out", again).code == 0
    assert (read(again)[0], read(again)[1].tobytes()) == (names, vectors.tobytes())

    listed = json.loads(run(home, "embedding", "list", "--json").out)
    assert [one["name"] for one in listed] == ["pixels", "pixels · PCA 32", "onnx:net.onnx", "mine"]
    assert [one["versions"].get("onnxruntime") for one in listed] == [
        None,
        None,
        version("onnxruntime"),
        None,
    ]
    assert [one["versions"].get("pillow") for one in listed] == [version("pillow")] * 3 + [None]
    assert run(home, "embedding", "remove", "mine", "--yes").code == 0
    used = run(home, "embedding", "remove", "pixels", "--yes")
    assert (used.code, "it stays" in used.err) == (1, True)

    again.write_text("filenames,embedding_0,labels\nother.jpg,1,0\n")
    done = run(home, "embedding", "import", again)
    assert (done.code, "not in this dataset, the first is 'other.jpg'" in done.err) == (1, True)
