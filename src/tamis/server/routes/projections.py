"""Projections on the wire."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from tamis.model.job import Job
from tamis.model.noun import Page
from tamis.model.projection import Projection, ProjectionCreate
from tamis.server import answers
from tamis.server.deps import After, Limit, PathId, StoreDep
from tamis.services import pictures, projections
from tamis.services.pictures import View

router = APIRouter(prefix="/api/datasets/{dataset_id}/projections", tags=["projections"])


@router.get("")
def list_projections(
    dataset_id: PathId, store: StoreDep, after: After = None, limit: Limit = 100
) -> Page[Projection]:
    """List the projections of a dataset."""
    return projections.list_page(store, dataset_id, after, limit)


@router.post("", status_code=202)
def create_projection(dataset_id: PathId, body: ProjectionCreate, store: StoreDep) -> Job:
    """Lay an embedding out in the plane, as a job."""
    return projections.create(store, dataset_id, body)


@router.get("/{projection_id}")
def get_projection(dataset_id: PathId, projection_id: PathId, store: StoreDep) -> Projection:
    """Show a projection and how it was made."""
    return projections.get(store, dataset_id, projection_id)


@router.get("/{projection_id}/points", response_class=Response)
def get_points(dataset_id: PathId, projection_id: PathId, store: StoreDep, request: Request) -> Response:
    """Send the points as an Arrow file {x f32, y f32}: row = position, NaN where a sample has no vector."""
    found = projections.get(store, dataset_id, projection_id)
    return answers.array(request, found.array, lambda: projections.points(store, dataset_id, projection_id))


@router.get("/{projection_id}/picture", response_class=Response)
def get_picture(
    dataset_id: PathId,
    projection_id: PathId,
    store: StoreDep,
    view: Annotated[View, Query()],
) -> Response:
    """Send the plot as a PNG, for browsers that cannot draw it themselves: the active samples in colour."""
    return answers.plot(pictures.draw(store, dataset_id, projection_id, view))
