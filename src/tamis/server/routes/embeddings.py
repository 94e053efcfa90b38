"""Embeddings on the wire."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.concurrency import run_in_threadpool

from tamis.model.embedding import Embedding, EmbeddingCreate
from tamis.model.job import Job
from tamis.model.names import Name
from tamis.model.noun import Page
from tamis.server import answers
from tamis.server.answers import ARROW
from tamis.server.deps import After, Limit, PathId, StoreDep
from tamis.server.needs import needs
from tamis.services import embeddings, vectors

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


@router.put("/{name}/vectors", status_code=201)
@needs("write", content_type=ARROW, large=True)
async def upload_vectors(
    dataset_id: PathId, name: Annotated[Name, Path()], request: Request, store: StoreDep
) -> Embedding:
    """Add vectors of your own, as an Arrow file {file_name utf8, vector fixed_size_list<f32>}.

    May be sent in parts. Ask for the embedding `uploaded:NAME` afterwards, so that it is reduced.
    """
    body = await request.body()
    return await run_in_threadpool(vectors.add, store, dataset_id, name, body)


@router.delete("/{embedding_id}", status_code=204)
def remove_embedding(dataset_id: PathId, embedding_id: PathId, store: StoreDep) -> None:
    """Remove an embedding with its reduced child and its projections, unless a tag or selection uses it."""
    embeddings.remove(store, dataset_id, embedding_id)


@router.get("/{embedding_id}")
def get_embedding(dataset_id: PathId, embedding_id: PathId, store: StoreDep) -> Embedding:
    """Show an embedding and the encoder behind it."""
    return embeddings.get(store, dataset_id, embedding_id)


@router.get("/{embedding_id}/vectors", response_class=Response)
def get_vectors(
    dataset_id: PathId,
    embedding_id: PathId,
    store: StoreDep,
    first: Annotated[int, Query(ge=0, le=2**32 - 1)] = 0,
    count: Annotated[int, Query(ge=1, le=16_384)] = 4096,
) -> Response:
    """Send the vectors of the positions from `first` on, of at most `count` positions.

    An Arrow file {position u32, file_name utf8, vector fixed_size_list<f32>}, by position. Positions without
    a vector and deleted samples are left out, so it may be empty before the end of the dataset.
    """
    return answers.vectors(vectors.part(store, dataset_id, embedding_id, first, count))
