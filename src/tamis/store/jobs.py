"""Jobs: state, progress, cancellation and error live in our own row; DBOS keeps only the steps."""

import sqlalchemy as sa

from tamis.model.digest import Json
from tamis.model.errors import NotFound
from tamis.model.event import EventKind
from tamis.model.ids import new_id, now
from tamis.model.job import EndState, Job, JobKind
from tamis.model.noun import Page
from tamis.store import events
from tamis.store.database import insert_new
from tamis.store.pages import page
from tamis.store.schema import job, worker

_ACTIVE = ("queued", "running")
_ENDED: dict[EndState, EventKind] = {
    "succeeded": "job.succeeded",
    "failed": "job.failed",
    "cancelled": "job.cancelled",
}


def insert(
    connection: sa.Connection, kind: JobKind, dataset_id: str, arguments: dict[str, Json], key: str
) -> Job:
    """Queue a job; while one with the same key is queued or running, that one is returned instead."""
    active = sa.select(job).where(job.c.key == key, job.c.state.in_(_ACTIVE))
    job_id = new_id()
    if not insert_new(connection, job, _queued(job_id, kind, dataset_id, arguments, key)):
        return _job(connection.execute(active).mappings().one())
    events.add(connection, "job.queued", dataset_id, job_id)
    return get(connection, job_id)


def _queued(
    job_id: str, kind: JobKind, dataset_id: str, arguments: dict[str, Json], key: str
) -> dict[str, object]:
    return {
        "id": job_id,
        "kind": kind,
        "dataset_id": dataset_id,
        "arguments": arguments,
        "key": key,
        "state": "queued",
        "stage": "",
        "done": 0,
        "total": 0,
        "result": {},
        "cancel_requested": False,
        "created_at": now(),
    }


def get(connection: sa.Connection, job_id: str) -> Job:
    """Return a job, or raise NotFound."""
    return _job(_row(connection, job_id))


def arguments(connection: sa.Connection, job_id: str) -> dict[str, Json]:
    """Return what the job was asked to do."""
    found: dict[str, Json] = _row(connection, job_id)["arguments"]
    return found


def list_page(
    connection: sa.Connection, after: str | None, limit: int, dataset_id: str | None = None
) -> Page[Job]:
    """Return a page of jobs, newest first."""
    query = sa.select(job) if dataset_id is None else sa.select(job).where(job.c.dataset_id == dataset_id)
    return page(connection, query, job.c.id, after, limit, _job, descending=True)


def active(connection: sa.Connection, dataset_id: str | None = None) -> list[tuple[str, JobKind]]:
    """Return id and kind of all jobs that are queued or running, oldest first; of one dataset, if named."""
    query = sa.select(job.c.id, job.c.kind).where(job.c.state.in_(_ACTIVE))
    if dataset_id is not None:
        query = query.where(job.c.dataset_id == dataset_id)
    return [(job_id, kind) for job_id, kind in connection.execute(query.order_by(job.c.id))]


def succeeded(connection: sa.Connection, kind: JobKind, limit: int) -> list[Job]:
    """Return the last jobs of this kind that have succeeded, newest first."""
    query = sa.select(job).where(job.c.state == "succeeded", job.c.kind == kind)
    return [_job(row) for row in connection.execute(query.order_by(job.c.id.desc()).limit(limit)).mappings()]


def running(connection: sa.Connection) -> dict[tuple[str, str], tuple[str, int, int]]:
    """Return how far each running job is, as (stage, done, total) by its dataset and its own id."""
    query = sa.select(job.c.dataset_id, job.c.id, job.c.stage, job.c.done, job.c.total)
    rows = connection.execute(query.where(job.c.state == "running").order_by(job.c.id))
    return {(dataset_id, job_id): (stage, done, total) for dataset_id, job_id, stage, done, total in rows}


def older(connection: sa.Connection, dataset_id: str, kind: JobKind, job_id: str) -> Job | None:
    """Return an unfinished job of this kind on this dataset that was submitted before `job_id`, if any."""
    query = sa.select(job).where(
        job.c.dataset_id == dataset_id, job.c.kind == kind, job.c.state.in_(_ACTIVE), job.c.id < job_id
    )
    row = connection.execute(query.order_by(job.c.id)).mappings().first()
    return None if row is None else _job(row)


def start(connection: sa.Connection, job_id: str) -> None:
    """Mark a job as running; one that is taken up again keeps the time of its first start."""
    connection.execute(
        job.update()
        .where(job.c.id == job_id, job.c.state.in_(_ACTIVE))
        .values(state="running", started_at=sa.func.coalesce(job.c.started_at, now()))
    )


def progress(connection: sa.Connection, job_id: str, stage: str, done: int, total: int) -> bool:
    """Record how far a job is, and tell whether its cancellation has been asked for."""
    statement = (
        job.update()
        .where(job.c.id == job_id)
        .values(stage=stage, done=done, total=total)
        .returning(job.c.cancel_requested)
    )
    return bool(connection.execute(statement).scalar())


def finish(
    connection: sa.Connection,
    job_id: str,
    state: EndState,
    result: dict[str, Json] | None = None,
    error: str | None = None,
) -> None:
    """End a job that has not ended yet."""
    row = _row(connection, job_id)
    changed = connection.execute(
        job.update()
        .where(job.c.id == job_id, job.c.state.in_(_ACTIVE))
        .values(state=state, result=result or {}, error=error, finished_at=now())
    )
    if changed.rowcount:
        events.add(connection, _ENDED[state], row["dataset_id"], job_id)


def request_cancel(connection: sa.Connection, job_id: str) -> Job:
    """Ask a job to stop at its next safe point; one that has ended stays as it is."""
    connection.execute(
        job.update().where(job.c.id == job_id, job.c.state.in_(_ACTIVE)).values(cancel_requested=True)
    )
    return get(connection, job_id)


def beat(connection: sa.Connection, executor_id: str) -> None:
    """Record that a worker is alive."""
    values = {"heartbeat_at": now()}
    here = worker.c.executor_id == executor_id
    if not connection.execute(worker.update().where(here).values(values)).rowcount:
        connection.execute(worker.insert().values(executor_id=executor_id, **values))


def last_beat(connection: sa.Connection) -> int | None:
    """Return when a worker was last alive, in UTC milliseconds."""
    return connection.execute(sa.select(sa.func.max(worker.c.heartbeat_at))).scalar()


def _row(connection: sa.Connection, job_id: str) -> sa.RowMapping:
    row = connection.execute(sa.select(job).where(job.c.id == job_id)).mappings().first()
    if row is None:
        raise NotFound(f"There is no job '{job_id}'.")
    return row


def _job(row: sa.RowMapping) -> Job:
    return Job.model_validate({name: row[name] for name in Job.model_fields})
