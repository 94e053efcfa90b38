"""Events: what changed, written in the transaction that changes it."""

import sqlalchemy as sa

from tamis.model.ids import now
from tamis.store.schema import event


def add(connection: sa.Connection, kind: str, dataset_id: str, subject_id: str) -> None:
    """Record an event such as `tag.created`."""
    connection.execute(
        event.insert().values(dataset_id=dataset_id, kind=kind, subject_id=subject_id, created_at=now())
    )
