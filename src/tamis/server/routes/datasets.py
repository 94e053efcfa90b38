"""Datasets on the wire."""

from fastapi import APIRouter

from tamis.model.dataset import Dataset, DatasetCreate, DatasetRename, DatasetSummary
from tamis.model.embedding import Prepare
from tamis.model.job import Jobs
from tamis.model.noun import Page
from tamis.server.deps import After, Limit, PathId, QueryId, StoreDep
from tamis.server.needs import needs
from tamis.services import datasets, prepare

router = APIRouter(prefix="/api/datasets", tags=["datasets"])


@router.get("")
def list_datasets(
    store: StoreDep, after: After = None, limit: Limit = 100, root_id: QueryId = None
) -> Page[Dataset]:
    """List datasets, of one root if it is named."""
    return datasets.list_page(store, after, limit, root_id)


@router.post("", status_code=201)
def create_dataset(body: DatasetCreate, store: StoreDep) -> Dataset:
    """Make an empty dataset."""
    return datasets.create(store, body)


@router.get("/{dataset_id}")
def get_dataset(dataset_id: PathId, store: StoreDep) -> Dataset:
    """Show a dataset and its sizes."""
    return datasets.get(store, dataset_id)


@router.get("/{dataset_id}/summary")
def summarize_dataset(dataset_id: PathId, store: StoreDep) -> DatasetSummary:
    """Show what the images of a dataset are like: formats, sizes, bytes."""
    return datasets.summarize(store, dataset_id)


@router.post("/{dataset_id}/prepare", status_code=202)
def prepare_dataset(dataset_id: PathId, body: Prepare, store: StoreDep) -> Jobs:
    """Make a dataset ready to be looked at, by jobs: read its folder if it has one, encode and project."""
    return Jobs(jobs=prepare.submit(store, dataset_id, body.encoder))


@router.patch("/{dataset_id}")
def rename_dataset(dataset_id: PathId, body: DatasetRename, store: StoreDep) -> Dataset:
    """Give a dataset another name."""
    return datasets.rename(store, dataset_id, body.name)


@router.delete("/{dataset_id}", status_code=204)
@needs("admin")
def remove_dataset(dataset_id: PathId, store: StoreDep) -> None:
    """Remove a dataset with its tags, embeddings and selections. Images read in place stay where they are."""
    datasets.remove(store, dataset_id)
