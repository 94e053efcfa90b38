"""Waiting for jobs."""

import time
from collections.abc import Callable

from tamis.model.errors import TamisError
from tamis.model.job import FINISHED, Job, JobCancelled

_FIRST_PAUSE = 0.05
_LONGEST_PAUSE = 0.2
_SHARE = 0.05
"""The pause, as a part of the time waited so far: a job takes at most so much longer for being waited for."""


class JobFailed(TamisError):
    """A job ended without a result; the message is the job's own."""

    def __init__(self, job: Job) -> None:
        super().__init__(job.error or f"The job '{job.kind}' failed without saying why.")
        self.job = job


def wait_all(
    jobs: list[Job], look: Callable[[str], Job], on_progress: Callable[[Job], object] | None = None
) -> list[Job]:
    """Wait until all jobs have succeeded, and return them in the same order.

    `look` fetches a job by its id. It is called ever less often.

    Raises:
        JobFailed: the first job that failed.
        JobCancelled: a job was cancelled.
    """
    seen = {job.id: job for job in jobs}
    waited = 0.0
    for job in jobs:
        _report(job, on_progress)
    while any(job.state not in FINISHED for job in seen.values()):
        pause = min(max(_FIRST_PAUSE, _SHARE * waited), _LONGEST_PAUSE)
        time.sleep(pause)
        waited += pause
        for job in [job for job in seen.values() if job.state not in FINISHED]:
            seen[job.id] = look(job.id)
            _report(seen[job.id], on_progress)
    return [seen[job.id] for job in jobs]


def _report(job: Job, on_progress: Callable[[Job], object] | None) -> None:
    if on_progress is not None:
        on_progress(job)
    if job.state == "failed":
        raise JobFailed(job)
    if job.state == "cancelled":
        raise JobCancelled
