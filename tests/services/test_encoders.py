"""A request names weights that the operator put into the data folder, and nothing else."""

from pathlib import Path

import pytest

from tamis.model.embedding import EmbeddingCreate
from tamis.model.errors import Forbidden, Invalid, NotFound, TamisError
from tamis.services import embeddings, encoders, prepare
from tamis.store.folder import DataFolder, open_folder
from tamis.store.store import Store
from tests import made


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    return fill(open_folder(tmp_path / "home"))


def fill(folder: DataFolder) -> DataFolder:
    weights = folder.weights("encoders")
    (weights / "mine").mkdir(parents=True)
    for name in ("net.onnx", "mine/net.onnx"):
        (weights / name).write_bytes(b"weights")
    (folder.path / "secret.onnx").write_bytes(b"secret")
    (weights / "link.onnx").symlink_to(folder.path / "secret.onnx")
    (weights / "out").symlink_to(folder.path)
    return folder


@pytest.mark.parametrize("name", ["net.onnx", "mine/net.onnx", "./net.onnx"])
def test_weights_in_the_folder_for_them_are_accepted(folder: DataFolder, name: str) -> None:
    assert encoders.trusted_name(folder, f"onnx:{name}") == f"onnx:{folder.weights('encoders') / name}"
    assert encoders.known_facts(folder, f"onnx:{name}") is None


HOSTILE = [
    "../secret.onnx",
    "mine/../../secret.onnx",
    "/etc/passwd",
    "link.onnx",
    "out/secret.onnx",
    "..\\secret.onnx",
    "C:secret.onnx",
    "net.onnx\0",
    "..",
]


@pytest.mark.parametrize("rest", HOSTILE)
def test_a_file_elsewhere_is_refused_whether_it_is_there_or_not(folder: DataFolder, rest: str) -> None:
    with pytest.raises(Forbidden) as refusal:
        encoders.trusted_name(folder, f"onnx:{rest}")
    assert refusal.value.field == "encoder"
    with pytest.raises(Forbidden) as missing:
        encoders.trusted_name(folder, "onnx:../no-such-file")
    assert str(folder.path) not in missing.value.message


def test_requests_for_jobs_are_checked_at_the_door(store: Store) -> None:
    fill(store.folder)
    dataset_id = made.dataset_of(store, "a.jpg")
    asks = (
        lambda name: embeddings.create(store, dataset_id, EmbeddingCreate(encoder=name)),
        lambda name: prepare.submit(store, dataset_id, name),
    )
    for ask in asks:
        for rest in ("../secret.onnx", "/etc/passwd", "link.onnx"):
            with pytest.raises(Forbidden, match=r"encoders/"):
                ask(f"onnx:{rest}")
        with pytest.raises(Forbidden, match="runs code, so it works on the command line only"):
            ask("python:os:system")
        with pytest.raises(NotFound, match=r"no 'nothing\.onnx'"):
            ask("onnx:nothing.onnx")
    assert embeddings.create(store, dataset_id, EmbeddingCreate(encoder="onnx:net.onnx")).kind == "embed"


def test_code_is_refused_by_name(folder: DataFolder) -> None:
    for ask in (encoders.trusted_name, encoders.known_facts, encoders.adopt):
        with pytest.raises(Forbidden, match="runs code"):
            ask(folder, "python:tests.encoders.networks:mean_colours")


@pytest.mark.parametrize("rest", ["nothing.onnx", "mine/nothing.onnx", "."])
def test_weights_that_are_not_there_are_not_found(folder: DataFolder, rest: str) -> None:
    with pytest.raises(NotFound, match="in 'encoders/' of the data folder"):
        encoders.trusted_name(folder, f"onnx:{rest}")


def test_adopted_weights_are_copied_once_and_never_replace_others(tmp_path: Path) -> None:
    mine, other = tmp_path / "a/net.onnx", tmp_path / "b/net.onnx"
    for path, content in ((mine, b"one"), (other, b"two")):
        path.parent.mkdir()
        path.write_bytes(content)
    mine.with_suffix(".json").write_text("{}")
    folder = open_folder(tmp_path / "home")
    assert encoders.adopt(folder, f"onnx:{mine}") == "onnx:net.onnx"
    assert encoders.adopt(folder, f"onnx:{mine}") == "onnx:net.onnx"
    second = encoders.adopt(folder, f"onnx:{other}")
    assert second == "onnx:net-3fc4ccfe.onnx"
    assert encoders.adopt(folder, f"onnx:{folder.weights('encoders') / 'net.onnx'}") == "onnx:net.onnx"
    assert sorted(path.name for path in folder.weights("encoders").iterdir()) == [
        "net-3fc4ccfe.onnx",
        "net.json",
        "net.onnx",
    ]
    assert Path(encoders.trusted_name(folder, second).partition(":")[2]).read_bytes() == b"two"
    with pytest.raises(Invalid, match="Nothing is downloaded"):
        encoders.adopt(folder, f"onnx:{tmp_path / 'nothing.onnx'}")


def test_names_without_a_file_are_as_they_are(folder: DataFolder) -> None:
    assert encoders.adopt(folder, "lite0") == "lite0"
    facts = encoders.known_facts(folder, "pixels")
    assert facts is not None and facts.dimension == 768
    with pytest.raises(TamisError, match="There is no encoder 'clip'"):
        encoders.known_facts(folder, "clip")
