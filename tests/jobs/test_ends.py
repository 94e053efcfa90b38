"""How a job ends: with what it made, with a sentence, or cancelled; and how a worker ends."""

import signal
import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa

from tamis.model.image import BadImageReason
from tamis.model.projection import ProjectionCreate
from tamis.services import datasets, embeddings, ingest, jobs, projections, samples, tags
from tamis.store import schema
from tamis.store.store import Store, open_store
from tests.folders import write_photos
from tests.jobs.conftest import PATIENCE_SECONDS, Desk, until, working

pytestmark = pytest.mark.xdist_group("worker")


def cancel_when_reading_begins(store: Store) -> None:
    """Let the database itself be the one who cancels, so that it is neither too early nor too late."""
    with store.write() as connection:
        connection.execute(
            sa.text(
                "CREATE TRIGGER quick AFTER UPDATE OF stage ON job WHEN NEW.stage = 'ingest'"
                " BEGIN UPDATE job SET cancel_requested = 1 WHERE id = NEW.id; END"
            )
        )


def test_a_file_that_is_no_image_is_a_problem_and_the_rest_goes_on(desk: Desk, tmp_path: Path) -> None:
    photos = write_photos(tmp_path / "photos", 3)
    (photos / "bad.jpg").write_text("no image")
    dataset_id = desk.dataset(photos)
    result = desk.done(ingest.create(desk.store, dataset_id))
    assert (result["new"], result["existing"], result["problems"]) == (3, 0, 1)
    again = desk.done(ingest.create(desk.store, dataset_id))
    assert (again["new"], again["existing"], again["problems"]) == (0, 3, 1)
    found = samples.problems(desk.store, dataset_id, None, 10).items
    assert [(one.file_name, one.reason) for one in found] == [("bad.jpg", BadImageReason.NOT_AN_IMAGE.value)]


def test_a_problem_ends_with_its_file(desk: Desk, tmp_path: Path) -> None:
    photos = write_photos(tmp_path / "photos", 3)
    (photos / "bad.jpg").write_text("no image")
    dataset_id = desk.dataset(photos)
    desk.done(ingest.create(desk.store, dataset_id))
    (photos / "bad.jpg").unlink()
    assert desk.done(ingest.create(desk.store, dataset_id))["problems"] == 0
    assert datasets.get(desk.store, dataset_id).n_problems == 0


@pytest.mark.parametrize("bad", [0, 2], ids=["empty", "all bad"])
def test_a_folder_without_a_readable_image_fails_with_a_sentence(
    desk: Desk, tmp_path: Path, bad: int
) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    for number in range(bad):
        (photos / f"{number}.jpg").write_text("no image")
    dataset_id = desk.dataset(photos)
    ended = desk.end(ingest.create(desk.store, dataset_id))
    assert (ended.state, ended.result) == ("failed", {})
    assert ended.error == "There is not one readable image, so there is nothing to tag."
    assert tags.list_page(desk.store, dataset_id, None, 10).items == []
    assert datasets.get(desk.store, dataset_id).n_problems == bad


def test_a_folder_that_is_gone_fails_and_the_worker_goes_on(desk: Desk, tmp_path: Path) -> None:
    photos = write_photos(tmp_path / "photos", 3)
    dataset_id = desk.dataset(photos)
    photos.rename(tmp_path / "elsewhere")
    ended = desk.end(ingest.create(desk.store, dataset_id))
    assert ended.state == "failed"
    assert ended.error is not None and str(photos) in ended.error
    (tmp_path / "elsewhere").rename(photos)
    assert desk.done(ingest.create(desk.store, dataset_id))["new"] == 3


def test_the_message_of_an_unexpected_error_holds_no_traceback(desk: Desk, tmp_path: Path) -> None:
    dataset_id = desk.dataset(write_photos(tmp_path / "photos", 3))
    desk.done(ingest.create(desk.store, dataset_id))
    made = desk.done(desk.embed(dataset_id))
    lance = desk.store.folder.vectors(str(made["reduced_id"]))
    for path in lance.rglob("*.manifest"):
        path.write_bytes(b"damaged")
    wanted = ProjectionCreate(embedding_id=str(made["reduced_id"]), method="pca")
    ended = desk.end(projections.create(desk.store, dataset_id, wanted))
    assert ended.state == "failed"
    assert ended.error is not None
    assert ended.error.startswith("An unexpected error ended the job (")
    assert ended.error.endswith("). The log has the details.")
    for word in ("Traceback", "File", "lance", str(desk.store.folder.path)):
        assert word not in ended.error
    assert "Traceback" in (desk.store.folder.run / "worker.log").read_text()


def test_work_with_nothing_to_encode_fails_with_a_sentence(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    ended = desk.end(desk.embed(desk.dataset(tmp_path / "photos")))
    assert ended.state == "failed"
    assert ended.error is not None and "unexpected" not in ended.error


def test_a_running_job_is_cancelled_at_its_next_safe_point(desk: Desk, tmp_path: Path) -> None:
    dataset_id = desk.dataset(write_photos(tmp_path / "photos", 4))
    cancel_when_reading_begins(desk.store)
    try:
        ended = desk.end(ingest.create(desk.store, dataset_id))
    finally:
        with desk.store.write() as connection:
            connection.execute(sa.text("DROP TRIGGER quick"))
    assert (ended.state, ended.error, ended.result, ended.cancel_requested) == ("cancelled", None, {}, True)
    assert ended.started_at is not None and ended.finished_at is not None
    assert datasets.get(desk.store, dataset_id).n_samples == 0
    assert desk.done(ingest.create(desk.store, dataset_id))["new"] == 4


def test_a_queued_job_is_cancelled_before_it_does_anything(tmp_path: Path) -> None:
    with open_store(tmp_path / "data") as store:
        desk = Desk(store)
        dataset_id = desk.dataset(write_photos(tmp_path / "photos", 4))
        job = ingest.create(store, dataset_id)
        embed = desk.embed(dataset_id)
        for one in (job, embed):
            assert jobs.cancel(store, one.id).cancel_requested
        with working(tmp_path / "data"):
            assert [desk.end(one).state for one in (job, embed)] == ["cancelled", "cancelled"]
        assert datasets.get(store, dataset_id).n_samples == 0
        assert embeddings.list_page(store, dataset_id, None, 10).items == []
        assert jobs.cancel(store, job.id) == jobs.get(store, job.id)


@pytest.mark.parametrize(("cancel", "state"), [(True, "cancelled"), (False, "failed")])
def test_a_worker_killed_before_it_wrote_down_the_end_is_followed_by_one_that_does(
    tmp_path: Path, cancel: bool, state: str
) -> None:
    (tmp_path / "photos").mkdir()
    with open_store(tmp_path / "data") as store:
        desk = Desk(store)
        dataset_id = desk.dataset(tmp_path / "photos")
        if cancel:
            cancel_when_reading_begins(store)
            write_photos(tmp_path / "photos/more", 3)
        with working(tmp_path / "data"):
            before = desk.end(ingest.create(store, dataset_id))
        with store.write() as connection:  # as if it had been killed after its last step
            connection.execute(schema.job.update().values(state="running", error=None, finished_at=None))
        with sqlite3.connect(store.folder.jobs_database) as steps:
            assert steps.execute("UPDATE workflow_status SET status = 'PENDING'").rowcount == 1
        steps.close()
        with working(tmp_path / "data"):
            after = desk.end(before)
        assert (after.state, after.error) == (state, before.error)
        assert after.error is None or after.error.startswith("There is not one readable image")


def test_the_worker_ends_with_its_lifeline_even_at_work(tmp_path: Path) -> None:
    with open_store(tmp_path / "data") as store:
        desk = Desk(store)
        dataset_id = desk.dataset(write_photos(tmp_path / "photos", 4))
        with working(tmp_path / "data") as worker:
            assert worker.process.stdin is not None
            job = ingest.create(store, dataset_id)
            desk.lock_when(
                lambda: jobs.get(store, job.id).state == "running",
                lambda: worker.process.stdin and worker.process.stdin.close(),
            )
            assert worker.process.wait(PATIENCE_SECONDS) == 0
        assert jobs.get(store, job.id).state == "running"
        with working(tmp_path / "data") as worker:
            assert desk.done(job)["new"] == 4
            worker.process.send_signal(signal.SIGTERM)
            until(lambda: worker.process.poll() is not None)
