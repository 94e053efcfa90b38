"""How long a selection is likely to take: from earlier ones on this machine, or from what is known of it."""

from statistics import median

from tamis.model.selection import Estimate
from tamis.services import selections
from tamis.services.selections import SelectionCreate
from tamis.store import jobs
from tamis.store import selections as rows
from tamis.store.store import Store

_EARLIER = 200
_COUNTED = 5
_AT_LEAST_SECONDS = 0.5
"""A job is found, started and written down, however little it has to do."""


def estimate(store: Store, dataset_id: str, wanted: SelectionCreate) -> Estimate:
    """Return the seconds that a selection is likely to take, and the number of samples it would rank.

    The work of a strategy grows with samples times those to be kept, so earlier runs are scaled by that.

    Raises:
        Invalid, Conflict, NotFound: as for the selection itself.
    """
    selections.refuse_unsupplied(wanted)
    pool, known = selections.pool(store, dataset_id, wanted)
    n_candidates = len(pool.candidates)
    if known is not None:
        return Estimate(seconds=0.0, n_candidates=n_candidates)
    pairs = n_candidates * wanted.n_samples
    each = _seconds_per_pair(store, wanted.strategy.strategy)
    if each is None:
        each = wanted.strategy.seconds_per_pair
    return Estimate(seconds=max(_AT_LEAST_SECONDS, each * pairs), n_candidates=n_candidates)


def _seconds_per_pair(store: Store, strategy: str) -> float | None:
    """Return the median of the last runs of a strategy, or None where there has been none."""
    found: list[float] = []
    with store.read() as connection:
        for job in jobs.succeeded(connection, "select", _EARLIER):
            made = rows.find_by_id(connection, str(job.result["selection_id"]))
            if made is None or made.strategy["strategy"] != strategy:
                continue
            assert job.started_at is not None and job.finished_at is not None
            if made.created_at < job.started_at:  # it was found, not made
                continue
            seconds = (job.finished_at - job.started_at) / 1000
            found.append(seconds / max(1, made.n_candidates * made.n_samples))
            if len(found) == _COUNTED:
                break
    return median(found) if found else None
