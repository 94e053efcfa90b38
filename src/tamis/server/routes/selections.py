"""Selections on the wire."""

from fastapi import APIRouter, Request, Response

from tamis.model.job import Job
from tamis.model.noun import Page
from tamis.model.selection import Estimate, Selection
from tamis.server import answers
from tamis.server.deps import After, Limit, PathId, StoreDep
from tamis.services import estimates, selections
from tamis.services.selections import SelectionCreate

router = APIRouter(prefix="/api/datasets/{dataset_id}/selections", tags=["selections"])


@router.get("")
def list_selections(
    dataset_id: PathId, store: StoreDep, after: After = None, limit: Limit = 100
) -> Page[Selection]:
    """List the selections of a dataset."""
    return selections.list_page(store, dataset_id, after, limit)


@router.post("", status_code=202)
def create_selection(dataset_id: PathId, body: SelectionCreate, store: StoreDep) -> Job:
    """Rank the samples of a tag by a strategy, as a job."""
    return selections.create(store, dataset_id, body)


@router.post("/estimate")
def estimate_selection(dataset_id: PathId, body: SelectionCreate, store: StoreDep) -> Estimate:
    """Tell how long a selection is likely to take on this machine, without making it."""
    return estimates.estimate(store, dataset_id, body)


@router.get("/{selection_id}")
def get_selection(dataset_id: PathId, selection_id: PathId, store: StoreDep) -> Selection:
    """Show a selection, with how well its first k samples cover the pool."""
    return selections.get(store, dataset_id, selection_id)


@router.get("/{selection_id}/ranking", response_class=Response)
def get_ranking(dataset_id: PathId, selection_id: PathId, store: StoreDep, request: Request) -> Response:
    """Send the ranking as an Arrow file {position u32, importance f32}, best first."""
    found = selections.get(store, dataset_id, selection_id)
    return answers.array(request, found.ranking, lambda: selections.ranking(store, dataset_id, selection_id))
