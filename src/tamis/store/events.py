"""Events: what changed, written in the transaction that changes it, in the order of the commits."""

import sqlalchemy as sa

from tamis.model.event import Event, EventKind
from tamis.model.ids import now
from tamis.store.database import add_event
from tamis.store.schema import event


def add(connection: sa.Connection, kind: EventKind, dataset_id: str, subject_id: str) -> None:
    """Record an event such as `tag.created`."""
    row: dict[str, object] = {"dataset_id": dataset_id, "kind": kind, "subject_id": subject_id}
    add_event(connection, {**row, "created_at": now()})


def newest_id(connection: sa.Connection) -> int:
    """Return the id of the last event, or 0 where there has been none."""
    return connection.execute(sa.select(sa.func.max(event.c.id))).scalar() or 0


def reaches(connection: sa.Connection, event_id: int, oldest: int) -> bool:
    """Tell whether all events after this one are still there, when those before `oldest` may be forgotten."""
    if event_id == newest_id(connection):
        return True
    query = sa.select(event.c.created_at).where(event.c.id == event_id)
    moment = connection.execute(query).scalar()
    return moment is not None and moment >= oldest


def since(connection: sa.Connection, event_id: int, limit: int, dataset_id: str | None = None) -> list[Event]:
    """Return up to `limit` events after this one, oldest first; of one dataset, where it is named."""
    query = sa.select(event.c.id, event.c.dataset_id, event.c.kind, event.c.subject_id)
    query = query.where(event.c.id > event_id)
    if dataset_id is not None:
        query = query.where(event.c.dataset_id == dataset_id)
    return [Event(*row) for row in connection.execute(query.order_by(event.c.id).limit(limit))]


def forget(connection: sa.Connection, before: int) -> int:
    """Remove the events before this moment, and return how many.

    The last one of each dataset stays, for it tells when the dataset changed.
    """
    last = sa.select(sa.func.max(event.c.id)).group_by(event.c.dataset_id)
    removed = connection.execute(event.delete().where(event.c.created_at < before, event.c.id.not_in(last)))
    return removed.rowcount
