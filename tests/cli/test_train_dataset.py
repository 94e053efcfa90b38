"""`tamis train DATASET`: images that were uploaded, or lie in a folder, without those that were deleted."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tamis.cli import training
from tamis.cli.door import Door, open_door
from tamis.cli.training_source import File, find_source, folder_source
from tamis.model.errors import Invalid
from tamis.server.settings import Settings
from tamis.services import samples
from tamis.store.folder import open_folder
from tests.cli.conftest import Curated, make_photos, run

SMALL = ("--backbone", "small", "--steps", "2", "--set", "input_size=16", "--set", "threads=1")


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """A server without a worker: nobody encodes what is uploaded."""
    data = open_folder(tmp_path_factory.mktemp("uploaded") / "data").path
    with open_door(Settings(data=data)) as door:
        yield door


def upload(door: Door, name: str, folder: Path, deleted: list[int]) -> str:
    dataset_id = door.client.create_dataset(name).id
    if folder.exists():
        door.client.upload(dataset_id, folder)
    with door.store() as store:
        samples.delete(store, dataset_id, np.array(deleted, np.int64))
    return dataset_id


def data_of(door: Door) -> Path:
    with door.store() as store:
        return store.folder.path


def test_uploaded_images_are_trained_on_but_deleted_and_lost_ones(door: Door, tmp_path: Path) -> None:
    dataset_id = upload(door, "drop", make_photos(tmp_path / "photos", 6), [1])
    every = list(door.client.samples(dataset_id))
    assert len(every) == 5  # without the deleted one
    lost = every[2]
    open_folder(data_of(door)).blob(lost.sha256).unlink()
    ran = run(data_of(door), "train", "drop", *SMALL, "--out", tmp_path / "run")
    told = json.loads((tmp_path / "run/result.json").read_text())
    assert ran.code == 3
    assert told["problems"] == [
        {
            "file_name": lost.file_name,
            "reason": "The original of this image is missing. Run `tamis doctor`.",
        }
    ]
    names = json.loads((tmp_path / "run/pool/pool.json").read_text())["names"]
    assert names == [one.file_name for one in every if one != lost]
    assert f"tamis embed 'drop' --encoder 'own:{tmp_path / 'run'}'" in ran.out


def test_uploaded_and_read_in_place_the_images_are_the_same(door: Door, curated: Curated) -> None:
    upload(door, "copies", curated.photos, [])
    inside, copies = find_source("photos", curated.data), find_source("copies", data_of(door))
    folder = folder_source(curated.photos)
    assert sorted(file.name for file in copies.files) == [file.name for file in folder.files]
    assert (inside.folder, set(inside.files)) == (folder.folder, set(folder.files))
    assert all(isinstance(file, File) and file.sha256 for file in copies.files)
    assert copies.digest() == find_source("copies", data_of(door)).digest() != inside.digest()


def test_a_pool_of_uploads_is_that_of_their_folder(door: Door, tmp_path: Path) -> None:
    photos = make_photos(tmp_path / "photos", 4)
    upload(door, "four", photos, [])
    pools = []
    for name, source in (("a", folder_source(photos)), ("b", find_source("four", data_of(door)))):
        order = training.Order(source, tmp_path / name, {"backbone": "small"}, ("input_size=16",), None)
        pool = training.prepare(order).pool
        pools.append({one: pool.images[row].tobytes() for row, one in enumerate(pool.names)})
    assert pools[0] == pools[1] and len(pools[0]) == 4


def test_a_dataset_without_images_is_told_from_one_that_is_not_here(door: Door, tmp_path: Path) -> None:
    upload(door, "empty", tmp_path / "nothing", [])
    with pytest.raises(Invalid, match="'empty' has no images yet"):
        find_source("empty", data_of(door))
    upload(door, "gone", make_photos(tmp_path / "two", 2), [0, 1])
    with pytest.raises(Invalid, match="All 2 images of the dataset 'gone' are deleted"):
        find_source("gone", data_of(door))
    unknown = run(data_of(door), "train", "emty")
    assert unknown.code == 1 and "There is no dataset 'emty'. Did you mean 'empty'?" in unknown.err
    elsewhere = run(tmp_path / "data", "train", "drop")
    assert elsewhere.code == 2
    assert "no folder 'drop'" in elsewhere.err and "on the machine where that is" in elsewhere.err


def test_a_run_does_not_lie_in_the_data_folder(door: Door, tmp_path: Path) -> None:
    upload(door, "inside", make_photos(tmp_path / "photos", 2), [])
    ran = run(data_of(door), "train", "inside", *SMALL, "--out", data_of(door) / "run-of-mine")
    assert ran.code == 2 and "among the images. Name another folder with --out." in ran.err
