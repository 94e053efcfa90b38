"""Jobs: look at them, and stop them."""

from tamis.model.job import Job
from tamis.model.noun import Page
from tamis.store import jobs
from tamis.store.store import Store


def get(store: Store, job_id: str) -> Job:
    """Return a job, or raise NotFound."""
    with store.read() as connection:
        return jobs.get(connection, job_id)


def list_page(store: Store, after: str | None, limit: int, dataset_id: str | None = None) -> Page[Job]:
    """Return a page of jobs, newest first."""
    with store.read() as connection:
        return jobs.list_page(connection, after, limit, dataset_id)


def cancel(store: Store, job_id: str) -> Job:
    """Ask a job to stop. It does so at its next safe point; what it has committed stays."""
    with store.write() as connection:
        return jobs.request_cancel(connection, job_id)
