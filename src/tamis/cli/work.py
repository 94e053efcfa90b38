"""Running jobs in front of a user: progress, Ctrl-C, and a worker that might not be there."""

import contextlib
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

from tamis.cli.output import Interrupted, note
from tamis.cli.progress import Bars, Lines
from tamis.client import Client
from tamis.model.errors import TamisError, Unavailable
from tamis.model.job import FINISHED, Job, JobCancelled

_LOOK_AFTER_WORKER_SECONDS = 3.0
_SHOW_OTHERS_SECONDS = 0.5
_CANCEL_PATIENCE_SECONDS = 10.0

Post = Callable[[], Job]


class Work:
    """Posts jobs and waits for them. `log` is the worker's, which may say why nothing happens."""

    def __init__(self, client: Client, progress: Bars | Lines, log: Path) -> None:
        self._client = client
        self._log = log
        self._progress = progress
        self._looked_at = time.monotonic()
        self._showed_at = self._looked_at
        self._open: dict[str, Job] = {}

    def run(self, *posts: Post) -> list[Job]:
        """Post jobs, all at once, and wait until all have succeeded; see `finish`."""
        return self.finish(*self.start(*posts))

    def start(self, *posts: Post) -> list[Job]:
        """Post jobs, and let them go on until they are waited for."""
        with self._stopped_by_user():
            return [self._post(post) for post in posts]

    def finish(self, *jobs: Job) -> list[Job]:
        """Wait until these jobs have succeeded; the progress of all others is shown as well.

        Raises:
            Interrupted: the user pressed Ctrl-C, and all jobs were cancelled.
            JobFailed: one of them failed.
        """
        with self._stopped_by_user():
            return self._client.wait_all(list(jobs), self._show)

    def give_up(self) -> None:
        """Cancel what still goes on, and wait until it has stopped; what it has done so far is kept."""
        deadline = time.monotonic() + _CANCEL_PATIENCE_SECONDS
        unfinished = self._unfinished()
        with contextlib.suppress(TamisError, KeyboardInterrupt):  # a second Ctrl-C does not wait
            for job in unfinished:
                self._client.cancel(job.id)
            while time.monotonic() < deadline:
                if all(self._client.job(job.id).state in FINISHED for job in unfinished):
                    return
                time.sleep(0.1)

    @contextlib.contextmanager
    def _stopped_by_user(self) -> Iterator[None]:
        try:
            yield
        except KeyboardInterrupt:
            note("Stopping ...")
            self.give_up()
            raise Interrupted("Interrupted. Run the same command again to go on from here.") from None
        except JobCancelled:
            raise TamisError("Another command cancelled the job. Run this one again to go on.") from None

    def _unfinished(self) -> list[Job]:
        return [job for job in self._open.values() if job.state not in FINISHED]

    def _post(self, post: Post) -> Job:
        job = self._posted(post)
        if job.cancel_requested and job.state not in FINISHED:
            # A run before this one was interrupted, and its job is only now about to stop.
            with contextlib.suppress(JobCancelled):
                return self._client.wait(job)
            job = self._posted(post)
        return job

    def _posted(self, post: Post) -> Job:
        with _interrupt_held_back():
            job = post()
            self._open[job.id] = job
        return job

    def _show(self, job: Job) -> None:
        self._open[job.id] = job
        self._progress.show(job)
        self._show_others(job)
        if time.monotonic() - self._looked_at > _LOOK_AFTER_WORKER_SECONDS:
            self._looked_at = time.monotonic()
            try:
                self._client.ready()
            except Unavailable as error:
                raise Unavailable(f"{error.message} '{self._log}' says why.") from error

    def _show_others(self, waited_for: Job) -> None:
        if time.monotonic() - self._showed_at < _SHOW_OTHERS_SECONDS:
            return
        self._showed_at = time.monotonic()
        for job in self._unfinished():
            if job.id != waited_for.id:
                self._open[job.id] = self._client.job(job.id)
                self._progress.show(self._open[job.id])


@contextlib.contextmanager
def _interrupt_held_back() -> Iterator[None]:
    """Let Ctrl-C wait until a posted job is known: one that nobody knows of would not be cancelled.

    It would run before the next command's reading has ended, and freeze its basis on a part of the images.
    A second Ctrl-C does not wait.
    """
    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:  # Ctrl-C is not heard, or otherwise
        yield
        return
    held: list[int] = []

    def hold(number: int, frame: FrameType | None) -> None:
        if held:
            raise KeyboardInterrupt
        held.append(number)

    before = signal.signal(signal.SIGINT, hold)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if held:
        raise KeyboardInterrupt
