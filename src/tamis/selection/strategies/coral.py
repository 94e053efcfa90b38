"""Coral: coreset with active-learning scores as weights."""

from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from tamis.model.errors import Invalid
from tamis.selection.base import Need, Ordered, RankRequest, Strategy


class Coral(Strategy):
    """Keep the sample with the largest product of distance and score.

    Scores must not be negative, and count relative to the highest; if all are 0 they do not count.

    1. Of an empty start, keep the sample with the highest score; of several, the one nearest to the mean.
    2. Keep the sample with the largest d(x) * (score(x) / highest score)^`strength`, where d is the distance
       to the nearest kept sample. Repeat; ties go to the lowest position.

    Strength 0 is coreset; a large one is uncertainty. After `greedy_until` the order is by the product at
    that point. Samples with a product of 0, i.e. duplicates and those with a score of 0, come last, by
    position.
    """

    title: ClassVar[str] = "Diversity and scores (coral)"
    use_when: ClassVar[str] = (
        "You have a model and label a batch: samples that it is unsure of, but no two alike. Without scores "
        "worth trusting, representative is better."
    )
    importance_means: ClassVar[str] = (
        "The product of the distance to the nearest sample kept before it and of (score / highest "
        "score)^strength; it never rises. The first sample of an empty start has the largest product that is "
        "left after it."
    )
    source: ClassVar[str] = (
        "Lightly's CORAL: diversity on embeddings with weights from active-learning scores, by their "
        "documentation. Weighted k-center: https://arxiv.org/abs/2312.10602."
    )
    cost: ClassVar[str] = "n x k x d."
    loses_where: ClassVar[str] = (
        "Where high scores mark outliers, as they often do with a first model: both factors then favour them."
    )

    strategy: Literal["coral"] = "coral"
    strength: float = Field(1.0, ge=0, le=100, description="How strongly scores count beside distance.")

    @property
    def needs(self) -> frozenset[Need]:
        """Scores are one of the two factors."""
        return frozenset({"scores"})

    def rank(self, request: RankRequest) -> Ordered:
        """Run the greedy choice with one pass over all samples per pick."""
        from tamis.selection.kernels.mean import nearest_to_mean
        from tamis.selection.kernels.spread import Spread
        from tamis.selection.kernels.workers import Workers  # loads numba

        rows, wanted = request.remaining, request.n_samples
        vectors = request.vectors if len(rows) == len(request.vectors) else request.vectors[rows]
        weight = self._weights(request)
        order, products = np.empty(wanted, np.int64), np.zeros(wanted, np.float32)
        with Workers(request.threads) as workers:
            spread = Spread(vectors, workers)
            spread.keep(request.vectors[request.preselected], lambda: request.checkpoint(0, wanted))
            for done in range(wanted):
                if done % spread.stride == 0:
                    request.checkpoint(done, wanted)
                if done == 0 and not len(request.preselected):
                    highest = np.flatnonzero(weight == weight.max())
                    best = int(highest[nearest_to_mean(vectors[highest])])
                else:
                    product = np.sqrt(spread.squared) * weight
                    product[order[:done]] = -1
                    best = int(product.argmax())
                    products[done] = product[best]
                order[done] = best
                spread.add(vectors[best])
        request.checkpoint(wanted, wanted)
        left = np.sqrt(spread.squared) * weight
        rest = np.setdiff1d(np.arange(len(rows)), order)
        rest = rest[np.argsort(-left[rest], kind="stable")]
        importance = np.concatenate([products, left[rest]])
        if not len(request.preselected):
            importance[0] = importance[1:].max(initial=0)
        return Ordered(rows[np.concatenate([order, rest])], importance, wanted)

    def _weights(self, request: RankRequest) -> NDArray[np.float32]:
        """Return what the distance of each sample that is left is multiplied by."""
        assert request.scores is not None  # rank() refuses a request without
        scores = request.scores[request.remaining]
        if (scores < 0).any():
            lowest = request.remaining[scores < 0][0]
            raise Invalid(
                f"coral multiplies by scores, so they must not be negative: {request.scores[lowest]:g} at "
                f"position {lowest}.",
                field="scores",
            )
        highest = scores.max()
        if highest == 0:
            return np.ones_like(scores)
        weights: NDArray[np.float32] = (scores / highest) ** np.float32(self.strength)
        return weights
