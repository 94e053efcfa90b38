"""`rank`: check the input, run one strategy, and return a ranking that says how to repeat it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial

from numpy.typing import ArrayLike

from tamis.model.digest import Json
from tamis.model.errors import Invalid
from tamis.model.job import JobCancelled
from tamis.model.machine import cores
from tamis.selection.base import (
    Cancelled,
    Importance,
    Ordered,
    Positions,
    Progress,
    RankRequest,
    Strategy,
    parse_strategy,
)
from tamis.selection.checks import as_labels, as_pool, as_scores, as_vectors, checked_n_samples, whole


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """All candidates that are not preselected, best first; the first k are what to keep when k are wanted.

    Up to `greedy_until` each sample was the best next choice, and a longer run begins with the same
    samples. After it the tail is ordered by what was known of each sample when the run ended.
    """

    order: Positions
    """Positions, i.e. rows of the embeddings."""
    importance: Importance
    """One finite number per entry of `order`; each strategy says what it means."""
    greedy_until: int
    strategy: dict[str, Json]
    """The strategy's name and all its parameters."""
    seed: int
    n_samples: int
    """How many new samples were asked for."""
    preselected: Positions = field(repr=False)
    """Positions that counted as kept from the start; they are not in `order`."""
    groups: Positions | None = field(default=None, repr=False)
    """With `deduplicate`: per entry of `order`, the sample that stands for it, itself where it is kept."""


def rank(
    embeddings: ArrayLike,
    strategy: str | Mapping[str, object] | Strategy = "representative",
    n_samples: int | None = None,
    *,
    preselected: ArrayLike | None = None,
    candidates: ArrayLike | None = None,
    scores: ArrayLike | None = None,
    labels: ArrayLike | None = None,
    seed: int = 0,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
    threads: int | None = None,
) -> Ranking:
    """Rank samples by how much each adds to those before it.

    Args:
        embeddings: (n, d) array of floats, one row per sample; it is never written to.
        strategy: a name such as "coreset", a strategy object, or a mapping of name and parameters.
        n_samples: how many new samples to choose greedily. None: all, but at most 10,000.
        preselected: rows that are kept already; they steer the choice and do not appear in the order.
        candidates: rows to choose from. None: all.
        scores: one weight per row, for strategies that use weights.
        labels: one class per row, for strategies that use classes.
        seed: decides all that is random.
        progress: called with (done, total) a few times a second.
        cancelled: asked a few times a second; once it says True the run stops.
        threads: how many threads to use; the result is the same. None: one per core.

    Raises:
        Invalid: the input is wrong; the message names what and where.
        JobCancelled: `cancelled` said True.
    """
    chosen = parse_strategy(strategy)
    check = partial(_stop_where, cancelled)
    vectors = as_vectors(embeddings, check=check, halves=chosen.reads_halves)
    pool, kept, remaining = as_pool(candidates, preselected, len(vectors))
    request = RankRequest(
        vectors=vectors,
        n_samples=checked_n_samples(n_samples, len(remaining)),
        candidates=pool,
        preselected=kept,
        remaining=remaining,
        seed=whole(seed, "seed"),
        scores=as_scores(scores, len(vectors)),
        labels=as_labels(labels, len(vectors)),
        threads=available_threads() if threads is None else max(1, whole(threads, "threads")),
        progress=progress,
        cancelled=cancelled,
    )
    _supply(chosen, request)
    return _ranking(chosen, request, chosen.rank(request))


def _stop_where(cancelled: Cancelled | None) -> None:
    if cancelled is not None and cancelled():
        raise JobCancelled


def _supply(strategy: Strategy, request: RankRequest) -> None:
    """Refuse a request that lacks what the strategy needs."""
    given = {
        "scores": request.scores is not None,
        "labels": request.labels is not None,
        "preselected": len(request.preselected) > 0,
    }
    for need in sorted(strategy.needs):
        if not given[need]:
            raise Invalid(f"The strategy {strategy.strategy!r} needs {need}: none are given.", field=need)


def _ranking(strategy: Strategy, request: RankRequest, ordered: Ordered) -> Ranking:
    """Put beside the order what is needed to repeat it."""
    return Ranking(
        order=ordered.order,
        importance=ordered.importance,
        greedy_until=ordered.greedy_until,
        strategy=strategy.model_dump(mode="json"),
        seed=request.seed,
        n_samples=request.n_samples,
        preselected=request.preselected,
        groups=ordered.groups,
    )


def available_threads() -> int:
    """Return how many cores this process may use, at most 16."""
    return min(cores(), 16)
