"""How far the work is: bars on a terminal, plain lines anywhere else; always on stderr."""

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Self

from tamis.cli.output import note
from tamis.model.job import FINISHED, Job, JobKind

if TYPE_CHECKING:
    from rich.progress import TaskID

TITLES: dict[JobKind, str] = {
    "ingest": "Reading images",
    "embed": "Encoding",
    "project": "Projecting",
    "select": "Selecting",
}
_LINE_EVERY_SECONDS = 5.0


class Lines:
    """A line when a job starts, every few seconds, and when it ends."""

    def __init__(self) -> None:
        self._said: dict[str, float] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass

    def show(self, job: Job) -> None:
        """Say something when it is time to."""
        title, now = TITLES[job.kind], time.monotonic()
        if job.id not in self._said:
            self._said[job.id] = now
            note(f"{title} ...")
        if job.state == "succeeded":
            seconds = ((job.finished_at or 0) - (job.started_at or 0)) / 1000
            note(f"{title}: done in {seconds:.1f} s")
        elif job.state not in FINISHED and now - self._said[job.id] >= _LINE_EVERY_SECONDS and job.total:
            self._said[job.id] = now
            note(f"{title}: {job.done} of {job.total}")


class Bars:
    """A bar for each job."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        self._bars = Progress(
            TextColumn("{task.description:<16}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
            console=Console(stderr=True),
        )  # fmt: skip
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()

    def show(self, job: Job) -> None:
        """Move the job's bar."""
        if job.id not in self._tasks:
            self._tasks[job.id] = self._bars.add_task(TITLES[job.kind], total=None)
        task = self._tasks[job.id]
        total = job.total or (1 if job.state == "succeeded" else None)
        done = total if job.state == "succeeded" else job.done
        self._bars.update(task, total=total, completed=done or 0)
        if job.state in FINISHED:
            self._bars.stop_task(task)


def make_progress() -> Bars | Lines:
    """Choose what fits where stderr goes."""
    return Bars() if sys.stderr.isatty() else Lines()
