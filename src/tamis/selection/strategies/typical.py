"""Typical: TypiClust of Hacohen, Dekel and Weinshall (2022), https://arxiv.org/abs/2202.02794."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from tamis.selection.base import Ordered, RankRequest, Strategy

if TYPE_CHECKING:
    from tamis.selection.kernels.workers import Workers

SMALL_CLUSTER = 5
"""Clusters up to this size come after all others, as in the paper's code."""
MOST_NEIGHBOURS_COMPARED = 2000
"""In a larger cluster neighbours are sought among so many of its samples, evenly spaced by position."""


class Typical(Strategy):
    """Keep the most typical sample of each of many clusters.

    The paper's rounds, with a fixed schedule of budgets so that the ranking is nested:

    1. With L samples kept, part all samples by k-means into L + max(L, `first_clusters`) clusters, at most
       `most_clusters`.
    2. Go through the clusters, those with the fewest kept samples first and larger ones before smaller; of
       each keep the most typical sample, until as many are kept as there are clusters. Then go to 1.
    3. Once there are `most_clusters`, they stay, and step 2 goes on, round by round, to the end.

    The typicality of x is 1 / (1 + mean distance to its 20 nearest neighbours within its cluster). Every tie
    goes to the lowest position.
    """

    title: ClassVar[str] = "Typical"
    use_when: ClassVar[str] = (
        "You label very few images of a clean, balanced pool. It passes over what is rare: on a long-tailed "
        "pool it finds the fewest classes."
    )
    importance_means: ClassVar[str] = (
        "The typicality, 1 / (1 + mean distance to the 20 nearest neighbours in the cluster). It says how "
        "dense the surroundings are, and does not fall along the ranking, only within a round of a cluster."
    )
    importance_falls: ClassVar[bool] = False
    source: ClassVar[str] = (
        "Hacohen, Dekel and Weinshall, Active Learning on a Budget: Opposite Strategies Suit High and Low "
        "Budgets, https://arxiv.org/abs/2202.02794."
    )
    cost: ClassVar[str] = (
        "n x c x d for c clusters, up to 20 times in each round, and up to 2,000 x d for each sample; a "
        "round doubles what is kept."
    )
    loses_where: ClassVar[str] = "On a long tail it finds fewer classes than random from k = 20 on."

    strategy: Literal["typical"] = "typical"
    first_clusters: int = Field(10, ge=1, le=10_000, description="How many clusters the first round has.")
    most_clusters: int = Field(500, ge=1, le=10_000, description="How many clusters the last round has.")

    def rank(self, request: RankRequest) -> Ordered:
        """Cluster, keep one per cluster, and cluster again more finely, until enough are kept."""
        from tamis.selection.kernels.clusters import k_means  # loads numba
        from tamis.selection.kernels.workers import Workers

        points = np.union1d(request.remaining, request.preselected)
        rows = request.vectors if len(points) == len(request.vectors) else request.vectors[points]
        kept = np.isin(points, request.preselected)
        order, typicality = np.empty(0, np.int64), np.empty(0, np.float32)
        wanted, last = request.n_samples, False
        most = min(self.most_clusters, len(points))
        with Workers(request.threads) as workers:
            while len(order) < wanted:
                done, total = len(order), int(kept.sum())
                clusters = min(most, total + max(total, self.first_clusters))
                last = clusters == most
                check = partial(request.checkpoint, done, wanted)
                generator = np.random.default_rng([request.seed, total])
                member = k_means(rows, clusters, generator, workers, check).member
                turn, value = _turns(rows, member, kept, workers, check)
                taken = turn if last else turn[: clusters - total]
                if len(order) + len(taken) >= wanted:
                    taken = turn
                order, typicality = np.concatenate([order, taken]), np.concatenate([typicality, value[taken]])
                kept[taken] = True
        request.checkpoint(wanted, wanted)
        return Ordered(points[order], typicality, len(order) if last else wanted)


def _turns(
    rows: NDArray[np.float32],
    member: NDArray[np.int32],
    kept: NDArray[np.bool_],
    workers: "Workers",
    check: Callable[[], None],
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return the rows that are not kept, in the order of step 2, and the typicality of every row."""
    sizes = np.bincount(member)
    value = np.zeros(len(rows), np.float32)
    for cluster in np.flatnonzero(sizes > 1):
        members = np.flatnonzero(member == cluster)
        value[members] = _typicality(rows[members], workers, check)
    left = np.flatnonzero(~kept)
    of = member[left]
    left = left[np.lexsort((left, -value[left], of))]  # by cluster, the most typical first
    of = member[left]
    first = np.searchsorted(of, of)
    turn = np.bincount(member[kept], minlength=len(sizes))[of] + np.arange(len(left)) - first
    order = np.lexsort((of, -sizes[of], turn, sizes[of] <= SMALL_CLUSTER))
    return left[order], value


def _typicality(
    rows: NDArray[np.float32], workers: "Workers", check: Callable[[], None]
) -> NDArray[np.float32]:
    """Return the typicality of each row of one cluster."""
    from tamis.selection.kernels.neighbours import NEIGHBOURS, neighbour_distances, transposed  # loads numba

    n = len(rows)
    compared = np.arange(n)
    if n > MOST_NEIGHBOURS_COMPARED:
        compared = np.linspace(0, n - 1, MOST_NEIGHBOURS_COMPARED).round().astype(np.int64)
    own = np.full(n, -1)
    own[compared] = np.arange(len(compared))
    count = max(1, min(NEIGHBOURS, n // 2))
    distances = neighbour_distances(rows, transposed(rows[compared]), own, count, workers, check)
    typicality: NDArray[np.float32] = 1 / (1 + distances.mean(axis=1))
    return typicality
