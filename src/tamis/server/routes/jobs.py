"""Jobs on the wire."""

from fastapi import APIRouter

from tamis.model.job import Job
from tamis.model.noun import Page
from tamis.server.deps import After, Limit, PathId, QueryId, StoreDep
from tamis.services import jobs

router = APIRouter(prefix="/api/jobs", tags=["jobs"])


@router.get("")
def list_jobs(
    store: StoreDep, after: After = None, limit: Limit = 100, dataset_id: QueryId = None
) -> Page[Job]:
    """List jobs, of one dataset if it is named."""
    return jobs.list_page(store, after, limit, dataset_id)


@router.get("/{job_id}")
def get_job(job_id: PathId, store: StoreDep) -> Job:
    """Show a job and how far it is."""
    return jobs.get(store, job_id)


@router.post("/{job_id}/cancel")
def cancel_job(job_id: PathId, store: StoreDep) -> Job:
    """Ask a job to stop at its next safe point."""
    return jobs.cancel(store, job_id)
