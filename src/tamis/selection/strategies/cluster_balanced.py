"""Cluster-balanced: hierarchical k-means, sampled evenly from the top down (Vo et al. 2024)."""

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from tamis.selection.base import Ordered, RankRequest, Strategy

if TYPE_CHECKING:
    from tamis.selection.kernels.workers import Workers

Floats = NDArray[np.float32]
Integers = NDArray[np.int64]

SMALLEST_SHARE = 4
"""A level has at most one cluster for so many samples, or clusters of the level below."""


class ClusterBalanced(Strategy):
    """Keep as many samples of each concept as of any other, however many the pool has.

    1. Part the samples by k-means into `clusters[0]` clusters, the centres of those into `clusters[1]`, and
       so on; a level never has more than a quarter of what it parts.
    2. Rank the samples of a lowest cluster by their distance to its centre, the nearest first; preselected
       samples come first of all.
    3. Go up: rank the samples of a cluster by taking turns among its parts, the larger first, each giving
       its next best sample, until all are used up. The ranking is that of the top, less the preselected.

    So the first k hold about k / m samples of each of the m top clusters, and the same holds within each of
    them. The paper parts again on resampled centres to even out the levels further; that is left out, as it
    found no more classes on long-tailed MNIST.
    """

    title: ClassVar[str] = "Balanced clusters"
    use_when: ClassVar[str] = (
        "You thin out a large unlabeled collection before training on it, and want its many concepts to have "
        "about the same weight. To find rare classes with few labels, coreset is better."
    )
    importance_means: ClassVar[str] = (
        "Nothing but the place in the order: 1 for the first sample, falling evenly towards 0."
    )
    source: ClassVar[str] = (
        "Vo et al., Automatic Data Curation for Self-Supervised Learning: A Clustering-Based Approach, "
        "https://arxiv.org/abs/2405.15613."
    )
    cost: ClassVar[str] = (
        "n x c x d for c lowest clusters, whatever k is; k-means itself looks at no more than 256 samples "
        "for each."
    )
    loses_where: ClassVar[str] = (
        "With few labels to give, representative and typical save more; on a long tail it finds no more "
        "classes than random."
    )

    strategy: Literal["cluster-balanced"] = "cluster-balanced"
    clusters: tuple[Annotated[int, Field(ge=2, le=20_000)], ...] = Field(
        (1000, 100, 10), min_length=1, max_length=6, description="How many clusters, the lowest level first."
    )

    def rank(self, request: RankRequest) -> Ordered:
        """Cluster level by level, then take turns level by level."""
        from tamis.selection.kernels.workers import Workers  # loads numba

        wanted = request.n_samples
        points = np.union1d(request.remaining, request.preselected)
        rows = request.vectors if len(points) == len(request.vectors) else request.vectors[points]
        kept = np.isin(points, request.preselected)
        with Workers(request.threads) as workers:
            levels = self._levels(rows, request, workers)
            member, squared = next(levels)
            order = np.lexsort((np.arange(len(rows)), squared, ~kept, member))
            turn = _turns(member[order])
            for above, _ in levels:
                order, turn, member = _merged(order, turn, member, above[member])
            order = _merged(order, turn, member, np.zeros(len(rows), np.int64))[0]
        order = order[~kept[order]]
        request.checkpoint(wanted, wanted)
        importance = (1 - np.arange(len(order)) / len(order)).astype(np.float32)
        return Ordered(points[order], importance, len(order))

    def _levels(
        self, rows: Floats, request: RankRequest, workers: "Workers"
    ) -> Iterator[tuple[Integers, Floats]]:
        """Yield per level the cluster of each row, or of each cluster below, and the squared distance."""
        from tamis.selection.kernels.clusters import k_means  # loads numba

        check = partial(request.checkpoint, 0, request.n_samples)
        for level, wanted in enumerate(self.clusters):
            number = min(wanted, len(rows) // SMALLEST_SHARE)
            if number < 2:
                if level == 0:
                    yield np.zeros(len(rows), np.int64), _from_mean(rows)
                return
            generator = np.random.default_rng([request.seed, level])
            found = k_means(rows, number, generator, workers, check)
            yield found.member.astype(np.int64), found.squared
            rows = found.centres


def _from_mean(rows: Floats) -> Floats:
    """Return the squared distance of each row to the mean of all."""
    squared: Floats = ((rows - rows.mean(axis=0)) ** 2).sum(axis=1)
    return squared


def _turns(groups: Integers) -> Integers:
    """Number the entries of each group from 0; equal groups stand together."""
    first = np.r_[True, groups[1:] != groups[:-1]]
    starts = np.flatnonzero(first)
    turns: Integers = np.arange(len(groups)) - starts[np.cumsum(first) - 1]
    return turns


def _merged(
    order: Integers, turn: Integers, member: Integers, above: Integers
) -> tuple[Integers, Integers, Integers]:
    """Let the parts of each upper cluster take turns, the larger part first, then the lower number.

    `order` and `turn` hold each row's place within its part `member`; `above` is each row's upper cluster.
    """
    sizes = np.bincount(member)
    part = member[order]
    sequence = np.lexsort((part, -sizes[part], turn, above[order]))
    order = order[sequence]
    return order, _turns(above[order]), above
