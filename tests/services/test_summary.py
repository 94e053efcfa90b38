"""What the images of a dataset are like, counted without the deleted ones."""

import numpy as np
import pytest

from tamis.model.dataset import DatasetCreate, DatasetSummary, FormatCount, Spread
from tamis.model.errors import NotFound
from tamis.services import datasets, ingest, samples
from tamis.store.store import Store
from tests import made

SIZES = [(30, 5, "PNG"), (10, 9, "JPEG"), (20, 7, "JPEG"), (10, 8, "WEBP"), (40, 6, "PNG"), (40, 6, "JPEG")]


def dataset_of(store: Store) -> str:
    dataset_id = made.dataset_of(store)
    taken = []
    for number, (width, height, name) in enumerate(SIZES):
        content = b"x" * (number + 1)
        facts = made.facts(content).model_copy(update={"width": width, "height": height, "format": name})
        taken.append(ingest.Taken(b"%d.jpg" % number, facts, b"thumbnail"))
    ingest.commit(store, dataset_id, made.JOB, taken, {})
    return dataset_id


def test_formats_and_sizes_are_counted(store: Store) -> None:
    assert datasets.summarize(store, dataset_of(store)) == DatasetSummary(
        n_samples=6,
        n_deleted=0,
        total_bytes=21,
        formats=[
            FormatCount(format="JPEG", n=3),
            FormatCount(format="PNG", n=2),
            FormatCount(format="WEBP", n=1),
        ],
        widths=Spread(smallest=10, median=20, largest=40),
        heights=Spread(smallest=5, median=6, largest=9),
    )


def test_deleted_samples_do_not_count(store: Store) -> None:
    dataset_id = dataset_of(store)
    samples.delete(store, dataset_id, np.array([3, 4, 5]))
    assert datasets.summarize(store, dataset_id) == DatasetSummary(
        n_samples=6,
        n_deleted=3,
        total_bytes=6,
        formats=[FormatCount(format="JPEG", n=2), FormatCount(format="PNG", n=1)],
        widths=Spread(smallest=10, median=20, largest=30),
        heights=Spread(smallest=5, median=7, largest=9),
    )


def test_where_there_is_nothing_there_is_no_spread(store: Store) -> None:
    empty = made.dataset_of(store, name="empty")
    nothing = {"total_bytes": 0, "formats": [], "widths": None, "heights": None}
    assert datasets.summarize(store, empty).model_dump() == {"n_samples": 0, "n_deleted": 0, **nothing}
    emptied = dataset_of(store)
    samples.delete(store, emptied, np.arange(6))
    assert datasets.summarize(store, emptied).model_dump() == {"n_samples": 6, "n_deleted": 6, **nothing}
    with pytest.raises(NotFound):
        datasets.summarize(store, made.JOB)


def test_a_dataset_tells_when_it_changed_last(store: Store) -> None:
    before = datasets.create(store, DatasetCreate(name="new"))
    assert before.changed_at >= before.created_at
    ingest.commit(store, before.id, made.JOB, [made.taken(b"a.jpg")], {})
    after = datasets.get(store, before.id)
    assert after.changed_at >= before.changed_at
    other = datasets.create(store, DatasetCreate(name="other"))
    assert datasets.list_page(store, None, 10).items == [datasets.get(store, before.id), other]
