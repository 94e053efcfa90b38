"""An event: something that changed, so that whoever shows it can ask for it again."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Event:
    """`kind` is such as `tag.created`, `subject_id` names what changed; progress of a job has no id."""

    id: int | None
    dataset_id: str
    kind: str
    subject_id: str
