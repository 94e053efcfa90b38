"""One run of a job: its steps, its progress, its safe points, and the tools that it works with."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec, TypeVar

from dbos import DBOS

from tamis.encoders import Encoder, open_encoder
from tamis.model.digest import Json
from tamis.model.job import Job, JobCancelled
from tamis.model.machine import user_cache
from tamis.services import encoders
from tamis.services.decoding import new_engine
from tamis.store import jobs
from tamis.store.store import Store

P = ParamSpec("P")
T = TypeVar("T")

_REPORT_SECONDS = 0.5


class Tools:
    """What all jobs of one worker share: the store, the decoding child, and the encoders in use."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.engine = new_engine()
        self._encoders: dict[str, Encoder] = {}

    def encoder(self, name: str) -> Encoder:
        """Return an encoder that is ready to run; the name is one that a request may hold.

        Raises:
            Forbidden: the name stands for code, or for a file outside of the folder for encoders.
            Invalid: there is no such encoder, or the file is none.
            NotFound: there is no such file.
        """
        if name not in self._encoders:
            cache = user_cache("encoders") or self.store.folder.cache
            self._encoders[name] = open_encoder(encoders.trusted_name(self.store.folder, name), cache)
        return self._encoders[name]


class Run:
    """A job that is being worked on."""

    def __init__(self, tools: Tools, job_id: str) -> None:
        self.tools = tools
        self.store = tools.store
        self.job_id = job_id
        with self.store.read() as connection:
            job: Job = jobs.get(connection, job_id)
            self.arguments: dict[str, Json] = jobs.arguments(connection, job_id)
        self.dataset_id = job.dataset_id
        self._reported = 0.0
        self._stage = ""

    @property
    def folder(self) -> Path:
        """Where the steps of this job leave what is not committed yet."""
        return self.store.folder.work(self.job_id)

    def step(self, name: str, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a step, or return what it returned before the worker was killed."""
        return DBOS.run_step({"name": name}, function, *args, **kwargs)

    def report(self, stage: str, done: int, total: int) -> None:
        """Record progress at most twice a second. This is also the safe point at which a job is cancelled.

        Raises:
            JobCancelled: somebody asked for it.
        """
        moment = time.monotonic()
        if stage == self._stage and done < total and moment - self._reported < _REPORT_SECONDS:
            return
        self._stage, self._reported = stage, moment
        with self.store.write() as connection:
            if jobs.progress(connection, self.job_id, stage, done, total):
                raise JobCancelled

    def cancelled(self) -> bool:
        """Tell whether somebody asked for the job to stop."""
        with self.store.read() as connection:
            return jobs.get(connection, self.job_id).cancel_requested
