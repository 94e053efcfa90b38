"""Folders below an allowed root: they can be picked, and never lead out of it."""

import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from tamis.model.dataset import DatasetCreate, Root
from tamis.model.errors import Invalid, NotFound
from tamis.services import datasets, ingest, roots, samples
from tamis.store.store import Store
from tests import made


@pytest.fixture
def root(store: Store, tmp_path: Path) -> Root:
    """A root with folders, links, files and odd names in it."""
    top = tmp_path / "photos"
    for name in ("b/deep/deeper", "a", "ä", ".hidden", "with space"):
        (top / name).mkdir(parents=True)
    (tmp_path / "outside").mkdir()
    (top / "link").symlink_to(tmp_path / "outside")
    (top / "loop").symlink_to(top / "loop")
    (top / "inside").symlink_to(top / "a")
    (top / "file.jpg").write_bytes(b"")
    for odd in (b"not-utf8-\xff", b"new\nline"):
        (top / os.fsdecode(odd)).mkdir()
    return roots.allow(store, top)


def test_the_folders_of_a_root_are_listed(store: Store, root: Root) -> None:
    assert roots.folders(store, root.id, "") == ["a", "b", "with space", "ä"]
    assert roots.folders(store, root.id, "b") == ["deep"]
    assert roots.folders(store, root.id, "b/deep/deeper") == []
    assert roots.list_roots(store) == [root]


@pytest.mark.parametrize("below", ["c", "file.jpg", "link", "loop", "b/../../outside", "/etc", ".."])
def test_nothing_outside_of_a_root_is_listed(store: Store, root: Root, below: str) -> None:
    with pytest.raises(NotFound) as caught:
        roots.folders(store, root.id, below)
    assert "outside" not in caught.value.message.replace(below, "")


def test_a_root_that_is_gone_has_no_folders(store: Store, root: Root) -> None:
    Path(root.path).rename(Path(root.path).with_name("elsewhere"))
    with pytest.raises(NotFound):
        roots.folders(store, root.id, "")
    with pytest.raises(NotFound):
        roots.folders(store, made.JOB, "")


def test_a_dataset_reads_the_folder_it_names(store: Store, root: Root) -> None:
    new = DatasetCreate(name="deep", root_id=root.id, folder="b/deep/")
    dataset = datasets.create(store, new)
    assert (dataset.root_id, dataset.folder) == (root.id, "b/deep")
    assert datasets.get(store, dataset.id) == dataset
    folder = samples.root_path(store, dataset.id)
    assert folder == Path(root.path) / "b/deep"
    (folder / "x.jpg").write_bytes(b"image of x")
    ingest.commit(store, dataset.id, made.JOB, [made.taken(b"x.jpg")], {})
    assert samples.image(store, dataset.id, 0) == (b"image of x", "image/jpeg")
    whole = datasets.create(store, DatasetCreate(name="whole", root_id=root.id, folder=""))
    assert (whole.folder, samples.root_path(store, whole.id)) == (None, Path(root.path))


def test_a_folder_that_came_to_lead_out_is_not_read(store: Store, root: Root, tmp_path: Path) -> None:
    dataset = datasets.create(store, DatasetCreate(name="b", root_id=root.id, folder="b"))
    (Path(root.path) / "b/x.jpg").write_bytes(b"image")
    ingest.commit(store, dataset.id, made.JOB, [made.taken(b"x.jpg")], {})
    (Path(root.path) / "b").rename(tmp_path / "moved")
    with pytest.raises(NotFound):
        samples.root_path(store, dataset.id)
    (Path(root.path) / "b").symlink_to(tmp_path / "moved")
    with pytest.raises(NotFound):
        samples.root_path(store, dataset.id)
    with pytest.raises(NotFound):
        samples.image(store, dataset.id, 0)
    with pytest.raises(NotFound):
        ingest.create(store, dataset.id)


@pytest.mark.parametrize("folder", ["..", "a/../..", "/etc", "a//b", "a/./b", "a\x00b", "a\nb", "a/" * 40])
def test_a_folder_that_climbs_is_no_folder(folder: str) -> None:
    with pytest.raises(ValidationError):
        DatasetCreate(name="x", root_id=made.JOB, folder=folder)


def test_a_folder_must_be_there_and_have_a_root(store: Store, root: Root) -> None:
    for folder in ("c", "file.jpg", "link"):
        with pytest.raises(NotFound):
            datasets.create(store, DatasetCreate(name="x", root_id=root.id, folder=folder))
    with pytest.raises(Invalid) as caught:
        datasets.create(store, DatasetCreate(name="x", folder="a"))
    assert caught.value.field == "root_id"
    assert datasets.list_page(store, None, 10).items == []
