"""Embeddings on the wire."""

from fastapi import APIRouter

from tamis.model.embedding import Embedding, EmbeddingCreate
from tamis.model.job import Job
from tamis.model.noun import Page
from tamis.server.deps import After, Limit, PathId, StoreDep
from tamis.services import embeddings

router = APIRouter(prefix="/api/datasets/{dataset_id}/embeddings", tags=["embeddings"])


@router.get("")
def list_embeddings(
    dataset_id: PathId, store: StoreDep, after: After = None, limit: Limit = 100
) -> Page[Embedding]:
    """List the embeddings of a dataset."""
    return embeddings.list_page(store, dataset_id, after, limit)


@router.post("", status_code=202)
def create_embedding(dataset_id: PathId, body: EmbeddingCreate, store: StoreDep) -> Job:
    """Encode the samples that have no vector yet, as a job."""
    return embeddings.create(store, dataset_id, body)


@router.get("/{embedding_id}")
def get_embedding(dataset_id: PathId, embedding_id: PathId, store: StoreDep) -> Embedding:
    """Show an embedding and the encoder behind it."""
    return embeddings.get(store, dataset_id, embedding_id)
