"""The job row is its own outbox: it is written in the transaction that asks for the work.

A worker looks for rows that it has not started yet several times a second and starts the workflow of the
same name, with the job's id as the workflow's id, so that starting twice does nothing. There is nothing
to enqueue after the commit, hence nothing to lose between the two (docs/decisions/0002).
"""

from tamis.model.digest import Json, digest_of
from tamis.model.job import Job, JobKind
from tamis.store import jobs
from tamis.store.database import Connection


def submit(connection: Connection, kind: JobKind, dataset_id: str, arguments: dict[str, Json]) -> Job:
    """Ask for work inside the caller's transaction.

    While the same work is queued or running, the job that does it is returned instead of a second one.
    """
    key = digest_of({"kind": kind, "dataset": dataset_id, "arguments": arguments})
    return jobs.insert(connection, kind, dataset_id, arguments, key)


def waiting(connection: Connection, started: set[str]) -> list[tuple[str, JobKind]]:
    """Return id and kind of the unfinished jobs that are not among those already started, oldest first."""
    return [(job_id, kind) for job_id, kind in jobs.active(connection) if job_id not in started]
