"""Combine: one greedy choice by a weighted sum of what other strategies look at."""

from typing import TYPE_CHECKING, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from tamis.selection.base import Need, Ordered, RankRequest, Strategy

if TYPE_CHECKING:
    from tamis.selection.kernels.workers import Workers

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]


class Combine(Strategy):
    """Keep the sample with the largest weighted sum of terms, each from 0 to 1.

    With S kept, the sample x with the largest

        diversity * d(x, S) / D + typicality * t(x) + score * s(x) + similarity * e(x) + balance * b(x, S)

    comes next; ties go to the lowest position. The terms:

    - d(x, S): the distance to the nearest kept sample; D: the largest one at the start, or once one is kept.
      The first sample of an empty start has no such term.
    - t(x): how near the 20th neighbour is: the median of that distance over the pool, divided by the sum of
      it and of the sample's own.
    - s(x): the score, from 0 for the lowest of the pool to 1 for the highest.
    - e(x): 1 - distance to the nearest preselected sample, as a share of the largest one.
    - b(x, S): 1 / (1 + how many kept samples have the class of x).

    No term grows as more is kept, so the sum of the chosen sample never does either. With one weight only the
    strategy is coreset (but for the first sample), a ranking by density, uncertainty, similarity, or an equal
    number of each class. After `greedy_until` the order is by the sum at that point.
    """

    title: ClassVar[str] = "Combined"
    use_when: ClassVar[str] = (
        "One wish is not enough: samples that are diverse, typical and uncertain at once. The weights are "
        "yours to find; begin with those that are 1."
    )
    importance_means: ClassVar[str] = (
        "The weighted sum of the terms when the sample was chosen; it never rises. The first sample of an "
        "empty start counts as fully diverse."
    )
    source: ClassVar[str] = (
        "A linear utility plus a distance, chosen greedily: Fahrbach et al., GIST, "
        "https://arxiv.org/abs/2405.18754."
    )
    cost: ClassVar[str] = "n x k x d, and n x 2,000 x d for the typicality."
    loses_where: ClassVar[str] = (
        "With few labels of a balanced pool, representative saves more. Unlike coreset it has no bound."
    )

    strategy: Literal["combine"] = "combine"
    diversity: float = Field(1.0, ge=0, le=1000, description="Weight of the distance to what is kept.")
    typicality: float = Field(1.0, ge=0, le=1000, description="Weight of dense surroundings.")
    score: float = Field(0.0, ge=0, le=1000, description="Weight of the scores.")
    similarity: float = Field(0.0, ge=0, le=1000, description="Weight of nearness to preselected samples.")
    balance: float = Field(0.0, ge=0, le=1000, description="Weight of classes that few kept samples have.")

    @model_validator(mode="after")
    def _weighs_something(self) -> Self:
        if not (self.diversity or self.typicality or self.score or self.similarity or self.balance):
            raise ValueError("at least one weight must be above 0")
        return self

    @property
    def needs(self) -> frozenset[Need]:
        """It needs what its weights speak of."""
        needs: dict[Need, float] = {
            "scores": self.score,
            "labels": self.balance,
            "preselected": self.similarity,
        }
        return frozenset(need for need, weight in needs.items() if weight)

    def rank(self, request: RankRequest) -> Ordered:
        """Add up the terms that never change, then choose one by one."""
        from tamis.selection.kernels.spread import Spread
        from tamis.selection.kernels.workers import Workers  # loads numba

        rows, wanted = request.remaining, request.n_samples
        vectors = request.vectors if len(rows) == len(request.vectors) else request.vectors[rows]
        order, sums = np.empty(wanted, np.int64), np.empty(wanted)
        with Workers(request.threads) as workers:
            spread = Spread(vectors, workers)
            spread.keep(request.vectors[request.preselected], lambda: request.checkpoint(0, wanted))
            fixed = self._fixed(request, vectors, spread.squared, workers)
            classes, counts = self._classes(request)
            farthest = np.sqrt(spread.squared.max())
            for done in range(wanted):
                if done % spread.stride == 0:
                    request.checkpoint(done, wanted)
                total = fixed + self._changing(spread.squared, farthest, classes, counts)
                total[order[:done]] = -np.inf
                best = int(total.argmax())
                order[done], sums[done] = best, total[best]
                spread.add(vectors[best])
                counts[classes[best]] += 1
                if np.isinf(farthest):
                    farthest = np.sqrt(spread.squared.max())
        request.checkpoint(wanted, wanted)
        total = fixed + self._changing(spread.squared, farthest, classes, counts)
        rest = np.setdiff1d(np.arange(len(rows)), order)
        rest = rest[np.argsort(-total[rest], kind="stable")]
        importance = np.concatenate([sums, total[rest]]).astype(np.float32)
        return Ordered(rows[np.concatenate([order, rest])], importance, wanted)

    def _changing(
        self, squared: Floats, farthest: float, classes: NDArray[np.int64], counts: NDArray[np.int64]
    ) -> Doubles:
        """Return the terms that fall as more is kept."""
        total = self.balance / (1 + counts[classes])
        if np.isinf(farthest):
            return total + self.diversity
        if farthest > 0:
            total += self.diversity * (np.sqrt(squared) / farthest)
        return total

    def _classes(self, request: RankRequest) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the class number of each sample that is left, and how many of each class are kept."""
        if request.labels is None or not self.balance:
            return np.zeros(len(request.remaining), np.int64), np.zeros(1, np.int64)
        _, numbers = np.unique(request.labels, return_inverse=True)
        kept = np.bincount(numbers[request.preselected], minlength=int(numbers.max()) + 1)
        return numbers[request.remaining], kept

    def _fixed(self, request: RankRequest, vectors: Floats, squared: Floats, workers: "Workers") -> Doubles:
        """Return the terms that stay as they are."""
        total = np.zeros(len(vectors))
        if self.score and request.scores is not None:
            scores = request.scores[request.remaining].astype(np.float64)
            total += self.score * (scores - scores.min()) / max(np.ptp(scores), np.finfo(np.float64).tiny)
        if self.similarity:
            distance = np.sqrt(squared.astype(np.float64))
            total += self.similarity * (1 - distance / max(distance.max(), np.finfo(np.float64).tiny))
        if self.typicality:
            total += self.typicality * _typicality(request, vectors, workers)
        return total


def _typicality(request: RankRequest, vectors: Floats, workers: "Workers") -> Doubles:
    """Return the median distance to the 20th neighbour over the sum of it and of each sample's own."""
    from tamis.selection.kernels.neighbours import distance_to_neighbour

    last = distance_to_neighbour(
        request.vectors,
        request.remaining,
        request.candidates,
        workers,
        lambda: request.checkpoint(0, request.n_samples),
    ).astype(np.float64)
    usual = max(float(np.median(last)), np.finfo(np.float64).tiny)
    return usual / (usual + last)
