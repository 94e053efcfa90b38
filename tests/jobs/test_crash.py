"""What a worker cannot write down it leaves to the next one, and ends."""

import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from tamis.services import ingest, jobs
from tamis.store.store import open_store
from tests.folders import write_photos
from tests.jobs.conftest import Desk, working

pytestmark = pytest.mark.xdist_group("worker")


def test_a_worker_that_cannot_write_down_the_end_of_a_job_ends_itself(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with open_store(data) as store:
        desk = Desk(store)
        job = ingest.create(store, desk.dataset(write_photos(tmp_path / "photos", 3)))
        full = "BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END"
        with store.write() as connection:
            connection.execute(sa.text(f"CREATE TRIGGER full BEFORE UPDATE OF finished_at ON job {full}"))
        command = [sys.executable, "-m", "tamis.jobs", "--data", str(data)]
        pipe = subprocess.PIPE
        with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as worker:
            assert worker.stderr is not None
            said = worker.stderr.read()  # its lifeline stays open all the time
        assert (worker.returncode, "cannot be written down" in said) == (1, True)
        assert jobs.get(store, job.id).state == "running"
        with store.write() as connection:
            connection.execute(sa.text("DROP TRIGGER full"))
        with working(data):
            assert desk.done(job)["new"] == 3
