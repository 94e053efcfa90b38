"""An event: something that changed, so that whoever shows it can ask for it again."""

from dataclasses import dataclass
from typing import Literal

EventKind = Literal[
    "dataset.created",
    "dataset.removed",
    "dataset.renamed",
    "embedding.created",
    "embedding.extended",
    "embedding.removed",
    "job.queued",
    "job.progress",
    "job.succeeded",
    "job.failed",
    "job.cancelled",
    "projection.created",
    "projection.extended",
    "samples.added",
    "samples.annotated",
    "samples.deleted",
    "selection.created",
    "tag.created",
    "tag.removed",
    "tag.renamed",
    "upload.opened",
    "upload.closed",
    "reset",
]
"""All there are. `reset`: events have been lost, so ask for everything again."""


@dataclass(frozen=True, slots=True)
class Event:
    """`subject_id` names what changed. Progress of a job and `reset` are never kept, and have no id."""

    id: int | None
    dataset_id: str
    kind: EventKind
    subject_id: str
