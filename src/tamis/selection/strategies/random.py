"""Random: a uniform draw, the control that every other strategy has to beat."""

from typing import ClassVar, Literal

import numpy as np

from tamis.selection.base import Ordered, RankRequest, Strategy


class Random(Strategy):
    """Keep samples in a random order that the seed decides."""

    title: ClassVar[str] = "Random"
    use_when: ClassVar[str] = "You want an unbiased share of the pool, or a baseline to compare with."
    importance_means: ClassVar[str] = (
        "Nothing but the place in the order: 1 for the first sample, falling evenly towards 0."
    )
    source: ClassVar[str] = "A uniform permutation."
    cost: ClassVar[str] = "n."
    loses_where: ClassVar[str] = (
        "With few labels almost everything else saves more; what is rare stays as rare as in the pool."
    )

    strategy: Literal["random"] = "random"

    def rank(self, request: RankRequest) -> Ordered:
        """Draw one permutation of all candidates; every prefix of it is a uniform draw."""
        n = len(request.remaining)
        order = np.random.default_rng(request.seed).permutation(request.remaining)
        request.checkpoint(request.n_samples, request.n_samples)
        importance = (1 - np.arange(n) / n).astype(np.float32)
        return Ordered(order, importance, greedy_until=n)
