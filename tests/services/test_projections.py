"""A projection is an array with one row for each position; where a sample has no vector it is NaN."""

import hashlib

import numpy as np
import pyarrow as pa
import pytest

from tamis.model.errors import Invalid, NotFound
from tamis.model.projection import ProjectionCreate
from tamis.services import projections
from tamis.store.store import Store
from tests import made


def points_of(store: Store, dataset_id: str, projection_id: str) -> list[list[float]]:
    data = projections.points(store, dataset_id, projection_id)
    table = pa.ipc.open_file(pa.BufferReader(data)).read_all()
    assert table.schema == pa.schema([("x", pa.float32()), ("y", pa.float32())])
    return [list(row.values()) for row in table.to_pylist()]


def test_samples_without_a_vector_have_no_point(store: Store) -> None:
    dataset_id = made.dataset_of(store, "a", "b", "c", "d")
    wanted = ProjectionCreate(embedding_id=made.embedded(store, dataset_id, 1, 3), method="pca", seed=2**40)
    made_one = projections.put(
        store, dataset_id, wanted, np.array([1, 3], np.uint32), np.array([[1, 2], [3, 4]], np.float32)
    )
    assert made_one.model_dump(exclude={"id", "created_at", "array"}) == {
        "dataset_id": dataset_id,
        "embedding_id": wanted.embedding_id,
        "method": "pca",
        "seed": 2**40,
        "n_points": 2,
    }
    data = projections.points(store, dataset_id, made_one.id)
    assert hashlib.sha256(data).hexdigest() == made_one.array
    rows = points_of(store, dataset_id, made_one.id)
    assert (rows[1], rows[3]) == ([1, 2], [3, 4])
    assert np.isnan([rows[0], rows[2]]).all()
    found = projections.find(store, dataset_id, wanted)
    assert found is not None
    assert (found[0], found[1].tolist(), found[2].tolist()) == (made_one, [1, 3], [[1, 2], [3, 4]])


def test_one_that_was_made_in_the_same_way_names_the_new_points(store: Store) -> None:
    dataset_id = made.dataset_of(store, "a", "b")
    wanted = ProjectionCreate(embedding_id=made.embedded(store, dataset_id, 0), method="pca")
    assert projections.find(store, dataset_id, wanted) is None
    one = np.array([[1, 2]], np.float32)
    first = projections.put(store, dataset_id, wanted, np.array([0], np.uint32), one)
    both = np.array([[1, 2], [5, 6]], np.float32)
    second = projections.put(store, dataset_id, wanted, np.array([0, 1], np.uint32), both)
    assert (second.id, second.n_points) == (first.id, 2)
    assert points_of(store, dataset_id, first.id) == [[1, 2], [5, 6]]
    assert store.folder.array(first.array).exists()  # who holds the old digest can still read it
    other = wanted.model_copy(update={"seed": 1})
    assert projections.put(store, dataset_id, other, np.array([0], np.uint32), one).id != first.id
    assert len(projections.list_page(store, dataset_id, None, 10).items) == 2


def test_an_unknown_method_or_embedding_is_refused(store: Store) -> None:
    dataset_id = made.dataset_of(store, "a")
    embedding_id = made.embedded(store, dataset_id, 0)
    with pytest.raises(Invalid, match=r"'umapp'.*pca") as caught:
        projections.create(store, dataset_id, ProjectionCreate(embedding_id=embedding_id, method="umapp"))
    assert caught.value.field == "method"
    with pytest.raises(NotFound, match=made.JOB):
        projections.create(store, dataset_id, ProjectionCreate(embedding_id=made.JOB, method="pca"))
