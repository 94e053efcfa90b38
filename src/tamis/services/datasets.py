"""Datasets: made by name, listed, and removed with all that Tamis knows of them."""

import shutil
from collections import Counter
from functools import partial

from tamis.model.dataset import Dataset, DatasetCreate, DatasetSummary, FormatCount, Spread
from tamis.model.errors import Conflict, Invalid
from tamis.model.noun import Page
from tamis.services.roots import folder_below
from tamis.store import datasets, embeddings, jobs, roots, samples
from tamis.store.pages import everything
from tamis.store.store import Store


def create(store: Store, new: DatasetCreate) -> Dataset:
    """Make an empty dataset; with a root, its images will be read in place.

    Raises:
        Conflict: the name is taken.
        Invalid: a folder is named, but no root.
        NotFound: there is no such root, or no such folder below it.
    """
    if new.folder and new.root_id is None:
        raise Invalid("A folder lies below a root: name the root too.", field="root_id")
    if new.root_id is not None:
        with store.read() as connection:
            root = roots.path_of(connection, new.root_id)
        if new.folder:
            folder_below(root, new.folder)
    with store.write() as connection:
        dataset_id = datasets.insert(connection, new.name, new.root_id, new.folder or None)
    return get(store, dataset_id)


def get(store: Store, dataset_id: str) -> Dataset:
    """Return a dataset, or raise NotFound."""
    with store.read() as connection:
        return datasets.get(connection, dataset_id)


def list_page(store: Store, after: str | None, limit: int, root_id: str | None = None) -> Page[Dataset]:
    """Return a page of datasets, oldest first."""
    with store.read() as connection:
        return datasets.list_page(connection, after, limit, root_id)


def rename(store: Store, dataset_id: str, name: str) -> Dataset:
    """Give a dataset another name. Tags keep their digests, which do not know it.

    Raises:
        Conflict: the name is taken.
        NotFound: there is no such dataset.
    """
    with store.write() as connection:
        if datasets.get(connection, dataset_id).name != name:
            datasets.rename(connection, dataset_id, name)
    return get(store, dataset_id)


def summarize(store: Store, dataset_id: str) -> DatasetSummary:
    """Count formats and sizes of the images that are not deleted."""
    with store.read() as connection:
        dataset = datasets.get(connection, dataset_id)
        shapes, removed = samples.shapes(connection, dataset_id), 0
        gone = datasets.deleted(connection, dataset_id)
        for one in samples.shapes_of(connection, dataset_id, gone):
            shapes[one.format, one.width, one.height] -= 1
            removed += one.size_bytes
    formats, widths, heights = Counter[str](), Counter[int](), Counter[int]()
    for (name, width, height), n in (+shapes).items():
        formats[name] += n
        widths[width] += n
        heights[height] += n
    return DatasetSummary(
        n_samples=dataset.n_samples,
        n_deleted=dataset.n_deleted,
        total_bytes=dataset.total_bytes - removed,
        formats=[FormatCount(format=name, n=n) for name, n in sorted(formats.items(), key=_most_first)],
        widths=_spread(widths),
        heights=_spread(heights),
    )


def _most_first(item: tuple[str, int]) -> tuple[int, str]:
    return -item[1], item[0]


def _spread(counts: Counter[int]) -> Spread | None:
    if not counts:
        return None
    values = sorted(counts)
    passed, half = 0, (counts.total() + 1) // 2
    for median in values:
        passed += counts[median]
        if passed >= half:
            break
    return Spread(smallest=values[0], median=median, largest=values[-1])


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
