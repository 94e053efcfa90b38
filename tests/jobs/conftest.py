"""A real worker in a process of its own, and a way to wait for what it does."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tamis.model.dataset import DatasetCreate
from tamis.model.embedding import EmbeddingCreate
from tamis.model.job import FINISHED, Job
from tamis.model.projection import ProjectionCreate
from tamis.selection import strategies
from tamis.services import datasets, embeddings, ingest, jobs, projections, roots, selections, tags
from tamis.services.selections import SelectionCreate
from tamis.store.store import Store, open_store

PATIENCE_SECONDS = 90
DIMENSIONS = 4
Result = dict[str, object]


def until(what: Callable[[], bool]) -> None:
    """Wait until it holds, but not for ever."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not what():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.005)


@dataclass(frozen=True)
class Worker:
    process: "subprocess.Popen[str]"

    def kill(self) -> None:
        """End it as the system does when the memory is full."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(PATIENCE_SECONDS)


@contextmanager
def working(data: Path, database_url: str | None = None) -> Iterator[Worker]:
    """A worker on a data folder. It ends when the lifeline, its standard input, is closed."""
    environment = {**os.environ, "TAMIS_POLL_SECONDS": "0.02", "TAMIS_DATABASE_URL": database_url or ""}
    command = [sys.executable, "-m", "tamis.jobs", "--data", str(data)]
    with (data / "run/worker.log").open("ab") as log:
        process = subprocess.Popen(
            command, env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log
        )
    assert process.stdin is not None and process.stdout is not None
    try:
        assert process.stdout.readline() == "ready\n", (data / "run/worker.log").read_text()
        yield Worker(process)
    finally:
        process.stdin.close()
        code = process.wait(PATIENCE_SECONDS)
        process.stdout.close()
        assert code in (0, -signal.SIGKILL)


@dataclass(frozen=True)
class Desk:
    """Asks for work and waits for it."""

    store: Store

    def end(self, job: Job) -> Job:
        """Wait until the job has ended."""
        until(lambda: jobs.get(self.store, job.id).state in FINISHED)
        return jobs.get(self.store, job.id)

    def done(self, job: Job) -> Result:
        """Wait until the job has succeeded, and return its result."""
        ended = self.end(job)
        log = self.store.folder.run / "worker.log"
        assert (ended.state, ended.error) == ("succeeded", None), log.read_text()
        return dict(ended.result)

    def dataset(self, photos: Path) -> str:
        """Make a dataset that reads a folder, named like the folder of the test."""
        root = roots.allow(self.store, photos)
        return datasets.create(self.store, DatasetCreate(name=photos.parent.name, root_id=root.id)).id

    def curate(self, dataset_id: str) -> "Outcome":
        """Run every kind of job, one after the other."""
        self.done(ingest.create(self.store, dataset_id))
        return self.rest(dataset_id)

    def embed(self, dataset_id: str) -> Job:
        return embeddings.create(
            self.store, dataset_id, EmbeddingCreate(encoder="pixels", dimensions=DIMENSIONS)
        )

    def project(self, dataset_id: str, embedded: Result) -> Job:
        wanted = ProjectionCreate(embedding_id=str(embedded["reduced_id"]), method="pca")
        return projections.create(self.store, dataset_id, wanted)

    def select(self, dataset_id: str, embedded: Result) -> Job:
        """Ask for a ranking of the newest upload."""
        tag = tags.list_page(self.store, dataset_id, None, 10).items[-1]
        wanted = SelectionCreate(
            tag_id=tag.id,
            embedding_id=str(embedded["reduced_id"]),
            strategy=strategies["coreset"](),
            n_samples=5,
        )
        return selections.create(self.store, dataset_id, wanted)

    def rest(self, dataset_id: str) -> "Outcome":
        """Run all that follows the reading."""
        embedded = self.done(self.embed(dataset_id))
        projected = self.done(self.project(dataset_id, embedded))
        return outcome(embedded, projected, self.done(self.select(dataset_id, embedded)))

    def lock_when(self, what: Callable[[], bool], act: Callable[[], object]) -> None:
        """Act at a moment when this holds, while nothing can be written to the database."""

        def look() -> bool:
            with self.store.write():
                if held := what():
                    act()
            return held

        until(look)


@dataclass(frozen=True)
class Outcome:
    """What the jobs on one dataset have made."""

    full_id: str
    reduced_id: str
    projection_id: str
    selection_id: str


def outcome(embedded: Result, projected: Result, selected: Result) -> Outcome:
    return Outcome(
        str(embedded["embedding_id"]),
        str(embedded["reduced_id"]),
        str(projected["projection_id"]),
        str(selected["selection_id"]),
    )


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A data folder with a worker, for all tests that do no harm to either."""
    data = tmp_path_factory.mktemp("desk") / "data"
    with open_store(data) as store, working(data):
        yield Desk(store)
