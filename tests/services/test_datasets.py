"""Datasets and roots: made by name, listed in pages, and removed with all that belongs to them."""

from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa

from tamis.model.dataset import DatasetCreate
from tamis.model.errors import Conflict, Invalid, NotFound
from tamis.model.projection import ProjectionCreate
from tamis.selection import Ranking, strategies
from tamis.services import datasets, ingest, jobs, projections, roots, samples, selections, tags
from tamis.services.selections import SelectionCreate
from tamis.store import jobs as rows
from tamis.store import schema
from tamis.store.store import Store
from tests import made


def test_a_new_dataset_is_empty_and_its_name_is_taken(store: Store) -> None:
    made_one = datasets.create(store, DatasetCreate(name="photos"))
    assert made_one.model_dump(exclude={"id", "created_at", "changed_at"}) == {
        "name": "photos", "root_id": None, "folder": None, "n_samples": 0, "n_deleted": 0,
        "n_problems": 0, "total_bytes": 0,
    }  # fmt: skip
    with pytest.raises(Conflict, match="'photos'") as caught:
        datasets.create(store, DatasetCreate(name="photos"))
    assert caught.value.field == "name"
    assert datasets.create(store, DatasetCreate(name="Photos")).name == "Photos"
    with pytest.raises(NotFound, match=made.JOB):
        datasets.create(store, DatasetCreate(name="other", root_id=made.JOB))


def test_a_dataset_is_renamed_unless_the_name_is_taken(store: Store) -> None:
    one = datasets.create(store, DatasetCreate(name="one"))
    datasets.create(store, DatasetCreate(name="two"))
    with pytest.raises(Conflict, match="'two'") as caught:
        datasets.rename(store, one.id, "two")
    assert caught.value.field == "name"
    renamed = datasets.rename(store, one.id, "three")
    assert renamed.model_dump(exclude={"name", "changed_at"}) == one.model_dump(
        exclude={"name", "changed_at"}
    )
    assert renamed.name == datasets.get(store, one.id).name == "three"
    assert datasets.rename(store, one.id, "three") == renamed  # its own name is no conflict
    with pytest.raises(NotFound, match=made.JOB):
        datasets.rename(store, made.JOB, "four")


def test_datasets_are_listed_in_pages_oldest_first(store: Store) -> None:
    ids = [made.dataset_of(store, name=name) for name in ("c", "a", "b")]
    first = datasets.list_page(store, None, 2)
    second = datasets.list_page(store, first.next, 2)
    assert [one.id for one in (*first.items, *second.items)] == ids
    assert second.next is None


def fill(store: Store, name: str) -> str:
    """Make a dataset with one of everything."""
    dataset_id = made.dataset_of(store, "a", "b", name=name)
    ingest.commit(store, dataset_id, made.JOB, [], {b"bad": "Bad."})
    tag = tags.close_upload(store, dataset_id)
    embedding_id = made.embedded(store, dataset_id, 0, 1)
    projections.put(
        store,
        dataset_id,
        ProjectionCreate(embedding_id=embedding_id, method="pca"),
        np.array([0], np.uint32),
        np.zeros((1, 2), np.float32),
    )
    asked = SelectionCreate(
        tag_id=tag.id, embedding_id=embedding_id, strategy=strategies["random"](), n_samples=1
    )
    pool, _ = selections.pool(store, dataset_id, asked)
    ranking = Ranking(
        order=np.array([0, 1]), importance=np.array([1.0, 0.0]), greedy_until=1,
        strategy={}, seed=0, n_samples=1, preselected=np.empty(0, np.int64),
    )  # fmt: skip
    selections.keep(store, dataset_id, asked, pool, ranking, [], [])
    job = selections.create(store, dataset_id, asked)
    with store.write() as connection:
        rows.finish(connection, job.id, "failed")
    return dataset_id


def counts(store: Store) -> dict[str, int]:
    with store.read() as connection:
        return {
            name: connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
            for name, table in schema.metadata.tables.items()
            if name != "event"
        }


def test_a_dataset_is_removed_with_all_of_its_own_and_nothing_else(store: Store) -> None:
    fill(store, "kept")
    before = counts(store)
    vectors_before = sorted(path.name for path in (store.folder.path / "vectors").iterdir())
    removed = fill(store, "removed")
    datasets.remove(store, removed)
    assert counts(store) == before
    assert sorted(path.name for path in (store.folder.path / "vectors").iterdir()) == vectors_before
    with pytest.raises(NotFound, match=removed):
        datasets.get(store, removed)
    with pytest.raises(NotFound, match=removed):
        datasets.remove(store, removed)
    assert fill(store, "removed") != removed


def test_a_dataset_that_is_worked_on_is_not_removed(store: Store, tmp_path: Path) -> None:
    dataset_id = made.dataset_in_place(store, tmp_path / "photos")
    job = ingest.create(store, dataset_id)
    with pytest.raises(Conflict, match=rf"ingest job '{job.id}'.*Cancel it"):
        datasets.remove(store, dataset_id)
    assert jobs.get(store, job.id) == job


def test_a_root_is_allowed_once_under_the_path_that_links_lead_to(store: Store, tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "photos")
    one = roots.allow(store, tmp_path / "photos")
    assert (one.path, roots.allow(store, tmp_path / "link")) == (str((tmp_path / "photos").resolve()), one)
    assert roots.list_roots(store) == [one]


def test_what_is_no_folder_of_images_is_not_allowed(store: Store, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    inside = store.folder.path / "thumbnails"
    for path, says in (
        (tmp_path / "gone", "no folder"),
        (tmp_path / "file", "not a folder"),
        (inside, "data folder"),
    ):
        with pytest.raises(Invalid, match=says) as caught:
            roots.allow(store, path)
        assert caught.value.field == "path"
    assert roots.list_roots(store) == []


def test_metadata_is_added_to_all_named_samples_or_to_none(store: Store) -> None:
    dataset_id = made.dataset_of(store, "a", "b")
    assert samples.annotate(store, dataset_id, {"a": {"group": "x", "n": 1}, "b": {"group": "y"}}) == 2
    assert samples.annotate(store, dataset_id, {"a": {"n": 2}}) == 1
    with pytest.raises(Invalid, match="first is 'c'"):
        samples.annotate(store, dataset_id, {"a": {"n": 3}, "c": {"n": 3}})
    found = [one.metadata for one in samples.list_page(store, dataset_id, None, 9).items]
    assert found == [{"group": "x", "n": 2}, {"group": "y"}]


def test_samples_are_listed_in_pages_without_the_deleted(store: Store) -> None:
    dataset_id = made.dataset_of(store, *"abcdefg")
    samples.delete(store, dataset_id, np.array([0, 3, 6]))
    first = samples.list_page(store, dataset_id, None, 2)
    second = samples.list_page(store, dataset_id, int(first.next or 0), 2)
    assert [one.file_name for one in (*first.items, *second.items)] == ["b", "c", "e", "f"]
    assert second.next is None
    assert samples.get(store, dataset_id, 3).file_name == "d"  # its row stays
