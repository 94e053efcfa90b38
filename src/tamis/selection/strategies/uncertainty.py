"""Uncertainty: by scores alone, the highest first."""

from typing import ClassVar, Literal

import numpy as np

from tamis.selection.base import Need, Ordered, RankRequest, Strategy


class Uncertainty(Strategy):
    """Keep the sample with the highest score; ties go to the lowest position.

    Neither the vectors nor what is kept already matter, so near-duplicates with high scores are all kept:
    coral weighs scores against that. `tamis.selection.scores` makes scores of predictions.
    """

    title: ClassVar[str] = "Highest score (active learning)"
    use_when: ClassVar[str] = (
        "You have a model and label a few samples at a time, those that it is least sure of. A large batch "
        "of them is full of near-duplicates."
    )
    importance_means: ClassVar[str] = "The score of the sample; it never rises."
    source: ClassVar[str] = (
        "Lewis and Gale, A Sequential Algorithm for Training Text Classifiers (1994), "
        "https://arxiv.org/abs/cmp-lg/9407020."
    )
    cost: ClassVar[str] = "n log n."
    loses_where: ClassVar[str] = (
        "A large batch is full of near-duplicates, and a model is often sure where it is wrong."
    )

    strategy: Literal["uncertainty"] = "uncertainty"

    @property
    def needs(self) -> frozenset[Need]:
        """It ranks by scores."""
        return frozenset({"scores"})

    def rank(self, request: RankRequest) -> Ordered:
        """Sort by score."""
        request.checkpoint(0, request.n_samples)
        assert request.scores is not None  # rank() refuses a request without
        scores = request.scores[request.remaining]
        order = np.argsort(-scores, kind="stable")
        request.checkpoint(request.n_samples, request.n_samples)
        return Ordered(request.remaining[order], scores[order], len(order))
