"""Datasets: made by name, listed, and removed with all that Tamis knows of them."""

import shutil
from functools import partial

from tamis.model.dataset import Dataset, DatasetCreate
from tamis.model.errors import Conflict
from tamis.model.noun import Page
from tamis.store import datasets, embeddings, jobs, roots
from tamis.store.pages import everything
from tamis.store.store import Store


def create(store: Store, new: DatasetCreate) -> Dataset:
    """Make an empty dataset; with a root, its images will be read in place.

    Raises:
        Conflict: the name is taken.
        NotFound: there is no such root.
    """
    with store.write() as connection:
        if new.root_id is not None:
            roots.get(connection, new.root_id)
        return datasets.get(connection, datasets.insert(connection, new.name, new.root_id))


def get(store: Store, dataset_id: str) -> Dataset:
    """Return a dataset, or raise NotFound."""
    with store.read() as connection:
        return datasets.get(connection, dataset_id)


def list_page(store: Store, after: str | None, limit: int, root_id: str | None = None) -> Page[Dataset]:
    """Return a page of datasets, oldest first."""
    with store.read() as connection:
        return datasets.list_page(connection, after, limit, root_id)


def remove(store: Store, dataset_id: str) -> None:
    """Remove a dataset: its tags, embeddings and selections. Images read in place stay untouched.

    Raises:
        Conflict: one of its jobs is still running.
        NotFound: there is no such dataset.
    """
    with store.write() as connection:
        name = datasets.get(connection, dataset_id).name
        for job_id, kind in jobs.active(connection, dataset_id):
            raise Conflict(f"The {kind} job '{job_id}' still works on the dataset '{name}'. Cancel it first.")
        vectors = [one.id for one in everything(partial(embeddings.list_page, connection, dataset_id))]
        datasets.remove(connection, dataset_id)
    # SQL no longer names them, so an interruption here leaves only bytes that the doctor collects.
    for embedding_id in vectors:
        shutil.rmtree(store.folder.vectors(embedding_id), ignore_errors=True)
