"""A dataset goes with all that is known of it, but not while a job works on it."""

import pytest
import sqlalchemy as sa

from tamis.model.embedding import EmbeddingCreate
from tamis.model.errors import Conflict, NotFound
from tamis.services import datasets, embeddings
from tamis.store import jobs, schema
from tamis.store.store import Store
from tests import made


def test_a_dataset_is_not_removed_while_a_job_works_on_it(store: Store) -> None:
    dataset_id = made.dataset_of(store, "a.jpg")
    oldest = embeddings.create(store, dataset_id, EmbeddingCreate(encoder="pixels", dimensions=2))
    for dimensions in range(3, 110):  # so many that the one that runs is not among the newest
        job = embeddings.create(store, dataset_id, EmbeddingCreate(encoder="pixels", dimensions=dimensions))
        with store.write() as connection:
            jobs.finish(connection, job.id, "failed")
    with pytest.raises(Conflict, match=f"embed job '{oldest.id}' still works on the dataset 'photos'"):
        datasets.remove(store, dataset_id)
    with store.write() as connection:
        jobs.finish(connection, oldest.id, "cancelled")
    datasets.remove(store, dataset_id)
    with pytest.raises(NotFound):
        datasets.get(store, dataset_id)


def test_removing_takes_rows_and_vectors(store: Store) -> None:
    dataset_id = made.dataset_of(store, "a.jpg")
    embedding_id = made.embedded(store, dataset_id, 0)
    assert store.folder.vectors(embedding_id).is_dir()
    datasets.remove(store, dataset_id)
    assert not store.folder.vectors(embedding_id).exists()
    with store.read() as connection:
        counts = [
            connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
            for table in (schema.sample, schema.embedding, schema.tag, schema.job, schema.problem)
        ]
    assert counts == [0, 0, 0, 0, 0]
