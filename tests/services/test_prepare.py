"""Preparing a dataset: which jobs are asked for, in which order, and which projections follow."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tamis.model.errors import Invalid, NotFound
from tamis.services import prepare, samples
from tamis.store import jobs, schema
from tamis.store.store import Store
from tests import made


def asked(store: Store) -> list[tuple[str, dict[str, Any]]]:
    with store.read() as connection:
        return [(kind, jobs.arguments(connection, job_id)) for job_id, kind in jobs.active(connection)]


EMBED = {"encoder": "pixels", "dimensions": 32, "then_project": ["pca", "tsne"]}


def test_uploaded_samples_are_encoded_and_then_projected(store: Store) -> None:
    dataset_id = made.dataset_of(store, "a.jpg")
    found = prepare.submit(store, dataset_id, "pixels")
    assert [(job.kind, job.state, job.dataset_id) for job in found] == [("embed", "queued", dataset_id)]
    assert asked(store) == [("embed", EMBED)]
    assert prepare.submit(store, dataset_id, "pixels") == found  # it is under way


def test_a_folder_is_read_first(store: Store, tmp_path: Path) -> None:
    dataset_id = made.dataset_in_place(store, tmp_path / "photos")
    ingest, embed = prepare.submit(store, dataset_id, "pixels")
    assert ingest.id < embed.id  # the encoding waits for older jobs only
    assert asked(store) == [("ingest", {}), ("embed", EMBED)]


def test_a_dataset_without_images_has_nothing_to_prepare(store: Store) -> None:
    empty = made.dataset_of(store)
    with pytest.raises(Invalid, match="no images"):
        prepare.submit(store, empty)
    emptied = made.dataset_of(store, "a.jpg", name="emptied")
    samples.delete(store, emptied, np.array([0]))
    with pytest.raises(Invalid, match="no images"):
        prepare.submit(store, emptied)
    assert asked(store) == []


def test_an_encoder_or_dataset_that_is_not_there_is_refused(store: Store) -> None:
    with pytest.raises(Invalid, match="'liteO'"):
        prepare.submit(store, made.dataset_of(store, "a.jpg"), "liteO")
    with pytest.raises(NotFound):
        prepare.submit(store, made.JOB)


@pytest.mark.parametrize(
    ("covered", "methods"), [(3, ["pca", "tsne"]), (50_000, ["pca", "tsne"]), (50_001, ["pca"]), (0, [])]
)
def test_what_takes_too_long_is_left_out(store: Store, covered: int, methods: list[str]) -> None:
    dataset_id = made.dataset_of(store, "a.jpg")
    embedding_id = made.embedded(store, dataset_id, 0)
    with store.write() as connection:
        connection.execute(schema.embedding.update().values(n_covered=covered))
    prepare.follow_up(store, dataset_id, embedding_id, ("pca", "tsne"))
    assert asked(store) == [
        ("project", {"embedding_id": embedding_id, "method": method, "seed": 0}) for method in methods
    ]
