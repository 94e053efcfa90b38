"""What no row names is collected once it is a day old; all else stays."""

import os
import time
from pathlib import Path

import pytest

from tamis.services import datasets, garbage, tags
from tamis.store import folder as folders
from tamis.store.store import Store
from tests import made

DAY = 24 * 3600


def files(store: Store) -> set[str]:
    found: set[str] = set()
    for name in ("vectors", "arrays", "work", "thumbnails"):
        found.update(str(path) for path in (store.folder.path / name).rglob("*") if path.is_file())
    return found


def grow_old(store: Store) -> None:
    for path in store.folder.path.rglob("*"):
        os.utime(path, (time.time() - 2 * DAY,) * 2)


def test_what_rows_name_stays_however_old(store: Store) -> None:
    dataset_id = made.dataset_of(store, "a.jpg", "b.jpg")
    made.embedded(store, dataset_id, 0)
    tags.close_upload(store, dataset_id)
    before = {name for name in files(store) if store.folder.path / "work" not in Path(name).parents}
    grow_old(store)
    garbage.collect(store)
    assert files(store) == before


def test_a_removed_dataset_leaves_no_picture_that_no_other_dataset_has(store: Store) -> None:
    removed = made.dataset_of(store, "a.jpg", "shared.jpg")
    made.dataset_of(store, "shared.jpg", name="other")
    datasets.remove(store, removed)
    assert garbage.collect(store) == 0  # too young: it may be about to be named
    grow_old(store)
    assert garbage.collect(store) == 1
    shared = store.folder.thumbnail(made.sha256(b"shared.jpg"))
    assert files(store) == {str(shared)}


@pytest.mark.parametrize(
    "place", ["arrays/0.arrow.1a2b.part", "thumbnails/ab/cd/x.jpg.1a2b.part", "work/1/2"]
)
def test_what_a_crash_left_goes_when_it_is_old(store: Store, place: str) -> None:
    path = store.folder.path / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"half")
    assert (garbage.collect(store), path.exists()) == (0, True)
    grow_old(store)
    assert (garbage.collect(store), path.exists()) == (1, False)


def test_an_old_file_that_is_written_once_more_is_young_again(store: Store) -> None:
    path = store.folder.thumbnail("ab" * 32)
    folders.write_once(path, b"picture")
    grow_old(store)
    folders.write_once(path, b"picture")
    assert (garbage.collect(store), path.read_bytes()) == (0, b"picture")


def test_it_is_done_once_a_day(store: Store) -> None:
    left = store.folder.path / "arrays/left.arrow"
    garbage.collect_daily(store)
    left.write_bytes(b"")
    os.utime(left, (time.time() - 2 * DAY,) * 2)
    garbage.collect_daily(store)
    assert left.exists()
    grow_old(store)
    garbage.collect_daily(store)
    assert not left.exists()
