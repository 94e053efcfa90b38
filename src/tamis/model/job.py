"""A job: work that takes longer than a request, with progress, a log, and a way to stop it."""

from typing import Literal

from tamis.model.digest import Json
from tamis.model.noun import Id, Milliseconds, Noun

JobKind = Literal["ingest", "embed", "project", "select"]
EndState = Literal["succeeded", "failed", "cancelled"]
JobState = Literal["queued", "running", "succeeded", "failed", "cancelled"]
FINISHED: frozenset[JobState] = frozenset({"succeeded", "failed", "cancelled"})


class Job(Noun):
    """`done` of `total` units of work are finished; `result` holds ids and counts only."""

    id: Id
    kind: JobKind
    dataset_id: Id
    state: JobState
    stage: str
    done: int
    total: int
    error: str | None
    result: dict[str, Json]
    cancel_requested: bool
    created_at: Milliseconds
    started_at: Milliseconds | None
    finished_at: Milliseconds | None


class Jobs(Noun):
    """Jobs that were asked for together, in the order in which they start."""

    jobs: list[Job]


class JobCancelled(Exception):
    """Raised inside a job at the first safe point after its cancellation was asked for."""
