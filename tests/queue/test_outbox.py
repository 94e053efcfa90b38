"""The same work is asked for once at a time, in the transaction that asks for it."""

import threading

import pytest

from tamis.model.errors import NotFound
from tamis.model.job import Job, JobState
from tamis.queue import outbox
from tamis.store import jobs
from tamis.store.store import Store
from tests import made

ENCODER = {"encoder": "pixels", "dimensions": 2}


def submit(store: Store, dataset_id: str, kind: str = "embed", **arguments: object) -> Job:
    with store.write() as connection:
        return outbox.submit(connection, kind, dataset_id, {**ENCODER, **arguments})


def waiting(store: Store, *started: str) -> list[tuple[str, str]]:
    with store.read() as connection:
        return outbox.waiting(connection, set(started))


def test_a_new_job_is_queued(store: Store) -> None:
    dataset_id = made.dataset_of(store)
    job = submit(store, dataset_id)
    assert job.model_dump(exclude={"id", "created_at"}) == {
        "kind": "embed",
        "dataset_id": dataset_id,
        "state": "queued",
        "stage": "",
        "done": 0,
        "total": 0,
        "error": None,
        "result": {},
        "cancel_requested": False,
        "started_at": None,
        "finished_at": None,
    }
    with store.read() as connection:
        assert jobs.get(connection, job.id) == job
        assert jobs.arguments(connection, job.id) == ENCODER


def test_work_that_is_under_way_is_found_instead_of_doubled(store: Store) -> None:
    dataset_id = made.dataset_of(store)
    job = submit(store, dataset_id)
    assert submit(store, dataset_id) == job
    with store.write() as connection:
        jobs.start(connection, job.id)
    again = submit(store, dataset_id)
    assert (again.id, again.state) == (job.id, "running")
    others = {submit(store, dataset_id, encoder="lite0").id, submit(store, dataset_id, kind="project").id}
    assert len(others | {job.id}) == 3


@pytest.mark.parametrize("state", ["succeeded", "failed", "cancelled"])
def test_work_that_has_ended_is_asked_for_anew(store: Store, state: JobState) -> None:
    dataset_id = made.dataset_of(store)
    job = submit(store, dataset_id)
    with store.write() as connection:
        jobs.finish(connection, job.id, state)
    again = submit(store, dataset_id)
    assert (again.id != job.id, again.state) == (True, "queued")


def test_the_same_work_on_another_dataset_is_another_job(store: Store) -> None:
    first, second = made.dataset_of(store, name="first"), made.dataset_of(store, name="second")
    assert submit(store, first).id != submit(store, second).id


def test_a_job_is_rolled_back_with_its_transaction(store: Store) -> None:
    dataset_id = made.dataset_of(store)
    with pytest.raises(RuntimeError), store.write() as connection:
        job = outbox.submit(connection, "embed", dataset_id, {})
        raise RuntimeError
    assert waiting(store) == []
    with store.read() as connection, pytest.raises(NotFound, match=job.id):
        jobs.get(connection, job.id)


def test_requests_at_the_same_time_find_one_job(store: Store) -> None:
    dataset_id = made.dataset_of(store)
    barrier = threading.Barrier(6)
    found: list[str] = []

    def ask() -> None:
        barrier.wait()
        found.append(submit(store, dataset_id).id)

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 6
    assert len(set(found)) == 1


def test_what_waits_is_unfinished_and_not_yet_started_oldest_first(store: Store) -> None:
    dataset_id = made.dataset_of(store)
    made_jobs = [submit(store, dataset_id, seed=seed).id for seed in range(4)]
    with store.write() as connection:
        jobs.start(connection, made_jobs[1])  # by a worker that was killed, so it waits again
        jobs.finish(connection, made_jobs[2], "succeeded")
    assert waiting(store) == [(made_jobs[i], "embed") for i in (0, 1, 3)]
    assert waiting(store, made_jobs[0], made_jobs[1]) == [(made_jobs[3], "embed")]
