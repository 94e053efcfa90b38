"""k-means++: D^2 sampling of Arthur and Vassilvitskii (2007)."""

from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from tamis.selection.base import Ordered, RankRequest, Strategy


class KMeansPlusPlus(Strategy):
    """Draw each sample with a probability that grows with its distance from all kept so far.

    1. Of an empty start, draw the first sample evenly.
    2. Draw the next with a probability proportional to d^`power`, where d is the distance to the nearest
       kept sample; power 2 is k-means++. Repeat.
    3. Once all distances are 0, the duplicates follow by position.

    Power 0 would be random, a large one coreset. After `greedy_until` the order is by distance, the largest
    first.
    """

    title: ClassVar[str] = "Spread at random (k-means++)"
    use_when: ClassVar[str] = (
        "You want more variety than random gives and fewer outliers than coreset, or another draw with each "
        "seed: to start a k-means, or to make an ensemble."
    )
    importance_means: ClassVar[str] = (
        "The distance to the nearest sample kept before it, as the draw saw it; the first sample of an empty "
        "start has the largest distance from it. It falls on the whole, but not from each to the next."
    )
    importance_falls: ClassVar[bool] = False
    source: ClassVar[str] = (
        "Arthur and Vassilvitskii, k-means++: The Advantages of Careful Seeding, SODA 2007: in expectation "
        "within 8 (ln k + 2) of the best possible mean squared distance."
    )
    cost: ClassVar[str] = "n x k x d."
    loses_where: ClassVar[str] = "With few labels of a balanced pool it saves hardly more than random."

    strategy: Literal["kmeans-plus-plus"] = "kmeans-plus-plus"
    power: float = Field(2.0, gt=0, le=16, description="How strongly distance is favoured; 2 is k-means++.")

    def rank(self, request: RankRequest) -> Ordered:
        """Draw until enough are drawn; all draws of the seed are made up front, so that prefixes agree."""
        from tamis.selection.kernels.clusters import drawn  # loads numba
        from tamis.selection.kernels.spread import Spread
        from tamis.selection.kernels.workers import Workers

        rows, wanted = request.remaining, request.n_samples
        vectors = request.vectors if len(rows) == len(request.vectors) else request.vectors[rows]
        draws = np.random.default_rng(request.seed).random(wanted)
        order, distance = np.empty(wanted, np.int64), np.zeros(wanted, np.float32)
        done = 0
        with Workers(request.threads) as workers:
            spread = Spread(vectors, workers)
            spread.keep(request.vectors[request.preselected], lambda: request.checkpoint(0, wanted))
            if not len(request.preselected):
                order[0] = int(draws[0] * len(rows))
                spread.add(vectors[order[0]])
                distance[0] = np.sqrt(spread.squared.max())
                done = 1
            while done < wanted and spread.squared.any():
                if done % spread.stride == 0:
                    request.checkpoint(done, wanted)
                best = drawn(self._weights(spread.squared), draws[done])
                order[done], distance[done] = best, np.sqrt(spread.squared[best])
                spread.add(vectors[best])
                done += 1
        request.checkpoint(wanted, wanted)
        rest = np.setdiff1d(np.arange(len(rows)), order[:done])
        rest = rest[np.argsort(-spread.squared[rest], kind="stable")]
        importance = np.concatenate([distance[:done], np.sqrt(spread.squared[rest])])
        greedy_until = wanted if done == wanted and spread.squared.any() else len(rows)
        return Ordered(rows[np.concatenate([order[:done], rest])], importance, greedy_until)

    def _weights(self, squared: NDArray[np.float32]) -> NDArray[np.float64]:
        weights: NDArray[np.float64] = (squared / squared.max()).astype(np.float64) ** (self.power / 2)
        return weights
