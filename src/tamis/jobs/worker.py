"""The worker process: it takes submitted jobs, starts their workflows, and dies with its parent.

It is crash-only: it is ended like it would be by `kill -9`, and what was running is resumed by the next one.
"""

import logging
import os
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from dbos import DBOS, DBOSPortableJSONSerializer, PortableWorkflowError, SetWorkflowID

from tamis.jobs import embeddings, ingest, projections, selections
from tamis.jobs.early import EarlyLoading
from tamis.jobs.run import Run, Tools
from tamis.model.digest import Json
from tamis.model.errors import BY_CODE, NotFound
from tamis.model.job import EndState, JobCancelled, JobKind
from tamis.queue.outbox import waiting
from tamis.services import garbage
from tamis.store import jobs
from tamis.store.folder import no_space
from tamis.store.lock import FileLock
from tamis.store.store import Store, open_store

EXECUTOR = "worker"
# Raised only when the order of the steps of a workflow changes: older runs are then not resumed.
APPLICATION_VERSION = "1"
MOST_AT_ONCE = 2
_POLL_SECONDS = float(os.environ.get("TAMIS_POLL_SECONDS", "0.1"))
_BEAT_SECONDS = 2.0

_log = logging.getLogger(__name__)

Work = Callable[[Run], dict[str, Json]]
WORK: dict[JobKind, Work] = {
    "ingest": ingest.work,
    "embed": embeddings.work,
    "project": projections.work,
    "select": selections.work,
}


def work(data: Path, database_url: str | None) -> None:
    """Work on the jobs of a data folder until the process is ended."""
    # Projecting 2,000 vectors on two threads takes 3 CPU seconds, and 9 where OpenMP's threads wait busily.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("tamis").setLevel(logging.INFO)
    threading.Thread(target=_die_with_parent, daemon=True).start()
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in a terminal reaches us too; the parent decides
    with open_store(data, database_url) as store:
        FileLock.take(store.folder.run / "worker.lock")  # held until the process ends
        conductor = Conductor(Tools(store))
        _launch(store, database_url)  # the workflows are defined by now, so what was running goes on
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        threading.Thread(target=garbage.collect_for_ever, args=(store,), daemon=True).start()
        try:
            conductor.take_jobs()
        except Exception:  # noqa: BLE001  # the edge of the process
            _crash("no more jobs can be taken")


class Conductor:
    """Starts the workflow of each submitted job, a few at a time, and writes down how each ended."""

    def __init__(self, tools: Tools) -> None:
        self.tools = tools
        self.store = tools.store
        self._running: set[str] = set()
        self._started: set[str] = set()
        self._early = EarlyLoading()
        self._workflows = {kind: self._define(kind, function) for kind, function in WORK.items()}

    def _define(self, kind: JobKind, function: Work) -> Callable[[str], None]:
        @DBOS.workflow(name=kind)
        def workflow(job_id: str) -> None:
            if kind == "ingest":
                self._early.begin()
            else:
                self._early.wait()
            self._conduct(job_id, function)

        return workflow

    def take_jobs(self) -> None:
        """Look for submitted jobs several times a second, for ever."""
        beaten = 0.0
        while True:
            if time.monotonic() - beaten > _BEAT_SECONDS:
                beaten = time.monotonic()
                with self.store.write() as connection:
                    jobs.beat(connection, EXECUTOR)
            with self.store.read() as connection:
                found = waiting(connection, self._started)
            for job_id, kind in found[: max(0, MOST_AT_ONCE - len(self._running))]:
                self._start(job_id, kind)
            time.sleep(_POLL_SECONDS)

    def _start(self, job_id: str, kind: JobKind) -> None:
        self._started.add(job_id)
        self._running.add(job_id)
        with SetWorkflowID(job_id):
            handle = DBOS.start_workflow(self._workflows[kind], job_id)
        status = handle.get_status().status
        if status not in ("PENDING", "ENQUEUED"):  # a worker before us has ended it, so nothing runs
            self._running.discard(job_id)
            if status != "SUCCESS":
                self._end(job_id, "failed", error="The job was given up after it had failed too often.")

    def _conduct(self, job_id: str, function: Work) -> None:
        """Do the work and record its end; the edge at which every error becomes a failed job."""
        self._started.add(job_id)
        self._running.add(job_id)
        result: dict[str, Json] | None = None
        state: EndState = "succeeded"
        text: str | None = None
        try:
            run = Run(self.tools, job_id)
            with self.store.write() as connection:
                jobs.start(connection, job_id)
            if run.cancelled():
                raise JobCancelled
            with no_space(self.store.folder.path):
                result = function(run)
        except Exception as error:  # noqa: BLE001  # the edge of the process
            state, text = _ending(job_id, error)
        finally:
            self._running.discard(job_id)
        shutil.rmtree(self.store.folder.work(job_id), ignore_errors=True)  # another job has another folder
        self._end(job_id, state, result, text)

    def _end(
        self, job_id: str, state: EndState, result: dict[str, Json] | None = None, error: str | None = None
    ) -> None:
        try:
            with self.store.write() as connection:
                jobs.finish(connection, job_id, state, result, error)
        except NotFound:  # it has gone with its dataset
            return
        except Exception:  # noqa: BLE001  # the edge of the process
            _crash(f"the end of job {job_id} cannot be written down")


def _crash(reason: str) -> NoReturn:
    """End at once, and leave the rest to the next worker.

    To let the error go its way would leave a process that lives on in other threads and takes no jobs, or a
    job that runs for ever.
    """
    _log.critical("The worker ends: %s.", reason, exc_info=True)
    os._exit(1)


def _ending(job_id: str, error: Exception) -> tuple[EndState, str | None]:
    """Return the state in which an error leaves a job, and the sentence that the user reads."""
    # A step that had ended in an error before the worker was killed gives its name and message only.
    name = error.name if isinstance(error, PortableWorkflowError) else type(error).__name__
    if name == JobCancelled.__name__:
        return "cancelled", None
    if name in {kind.__name__ for kind in BY_CODE.values()}:
        return "failed", str(error)
    _log.error("job %s", job_id, exc_info=error)
    return "failed", f"An unexpected error ended the job ({name}). The log has the details."


def _launch(store: Store, database_url: str | None) -> None:
    DBOS(
        config={
            "name": "tamis",
            "system_database_url": database_url or f"sqlite:///{store.folder.jobs_database}",
            "executor_id": EXECUTOR,
            "application_version": APPLICATION_VERSION,
            "serializer": DBOSPortableJSONSerializer(),
            "log_level": "WARNING",
            "enable_otlp": False,
        }
    )
    DBOS.launch()


def _die_with_parent() -> None:
    while os.read(sys.stdin.fileno(), 1024):
        pass
    os._exit(0)
