"""A job's row: its states, its progress, and how it is stopped."""

import pytest
import sqlalchemy as sa

from tamis.model.errors import NotFound
from tamis.model.job import Job, JobState
from tamis.store import jobs, schema
from tamis.store.store import Store
from tests import made


@pytest.fixture
def job(store: Store) -> Job:
    dataset_id = made.dataset_of(store)
    with store.write() as connection:
        return jobs.insert(connection, "embed", dataset_id, {"seed": 3}, "k" * 64)


def get(store: Store, job: Job) -> Job:
    with store.read() as connection:
        return jobs.get(connection, job.id)


def kinds(store: Store, job: Job) -> list[str]:
    query = (
        sa.select(schema.event.c.kind).where(schema.event.c.subject_id == job.id).order_by(schema.event.c.id)
    )
    with store.read() as connection:
        return list(connection.execute(query).scalars())


def test_a_job_that_is_taken_up_again_keeps_its_first_start(store: Store, job: Job) -> None:
    with store.write() as connection:
        jobs.start(connection, job.id)
        connection.execute(schema.job.update().values(started_at=5))
        jobs.start(connection, job.id)
    assert (get(store, job).state, get(store, job).started_at) == ("running", 5)


def test_progress_tells_whether_the_job_is_to_stop(store: Store, job: Job) -> None:
    with store.write() as connection:
        assert jobs.progress(connection, job.id, "embed", 3, 9) is False
        jobs.request_cancel(connection, job.id)
        assert jobs.progress(connection, job.id, "embed", 4, 9) is True
    found = get(store, job)
    assert (found.stage, found.done, found.total, found.cancel_requested) == ("embed", 4, 9, True)


@pytest.mark.parametrize("state", ["succeeded", "failed", "cancelled"])
def test_a_job_ends_once(store: Store, job: Job, state: JobState) -> None:
    with store.write() as connection:
        jobs.start(connection, job.id)
        jobs.finish(connection, job.id, state, {"id": "x"}, "A sentence.")
    ended = get(store, job)
    assert (ended.state, ended.result, ended.error) == (state, {"id": "x"}, "A sentence.")
    with store.write() as connection:
        jobs.finish(connection, job.id, "succeeded", {"id": "y"})
        jobs.start(connection, job.id)
        assert jobs.request_cancel(connection, job.id) == ended
        assert jobs.active(connection) == []
    assert get(store, job) == ended
    assert kinds(store, job) == ["job.queued", f"job.{state}"]


def test_jobs_are_listed_newest_first_in_pages(store: Store, job: Job) -> None:
    other = made.dataset_of(store, name="other")
    with store.write() as connection:
        later = [jobs.insert(connection, "embed", other, {}, str(number)) for number in range(3)]
    with store.read() as connection:
        first = jobs.list_page(connection, None, 3)
        second = jobs.list_page(connection, first.next, 3)
        assert (first.items, second.items, second.next) == ([*reversed(later)], [job], None)
        assert jobs.list_page(connection, None, 9, other).items == [*reversed(later)]


def test_the_last_beat_of_any_worker_counts(store: Store) -> None:
    with store.write() as connection:
        assert jobs.last_beat(connection) is None
        jobs.beat(connection, "one")
        jobs.beat(connection, "one")
        connection.execute(schema.worker.insert().values(executor_id="two", heartbeat_at=2**50))
        assert jobs.last_beat(connection) == 2**50
        assert connection.execute(sa.select(sa.func.count()).select_from(schema.worker)).scalar() == 2


def test_a_job_that_is_not_there_is_not_found(store: Store) -> None:
    with store.read() as connection, pytest.raises(NotFound, match=made.JOB):
        jobs.get(connection, made.JOB)
