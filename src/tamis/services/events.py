"""Events: followed from where one left off, for a day; and how far the running jobs are."""

from dataclasses import dataclass

from tamis.model.event import Event
from tamis.model.ids import now
from tamis.store import datasets, events, jobs
from tamis.store.store import Store

KEPT_MILLISECONDS = 24 * 3600 * 1000
_AT_ONCE = 1000


@dataclass(frozen=True)
class News:
    """The events after another one, oldest first, and how far each running job is: (stage, done, total)."""

    events: list[Event]
    running: dict[tuple[str, str], tuple[str, int, int]]
    """By dataset and job."""


def look(store: Store, after: int) -> News:
    """Return what has happened since the event `after`."""
    with store.read() as connection:
        return News(events.since(connection, after, _AT_ONCE), jobs.running(connection))


def newest(store: Store) -> int:
    """Return the id of the last event, or 0 where there has been none."""
    with store.read() as connection:
        return events.newest_id(connection)


def missed(store: Store, after: int | None, dataset_id: str | None) -> tuple[int, list[Event] | None]:
    """Return the id of the last event and all after `after`, of one dataset if it is named.

    They are None where they are too many, or some of them are forgotten by now.

    Raises:
        NotFound: there is no such dataset.
    """
    with store.read() as connection:
        if dataset_id is not None:
            datasets.get(connection, dataset_id)
        last = events.newest_id(connection)
        if after is None or after == last:
            return last, []
        if not events.reaches(connection, after, now() - KEPT_MILLISECONDS):
            return last, None
        found = events.since(connection, after, _AT_ONCE, dataset_id)
        return last, found if len(found) < _AT_ONCE else None


def forget_old(store: Store) -> int:
    """Remove the events that nobody can ask for any more, and return how many."""
    with store.write() as connection:
        return events.forget(connection, now() - KEPT_MILLISECONDS)
