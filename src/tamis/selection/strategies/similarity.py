"""Similarity: what is nearest to examples comes first."""

from typing import ClassVar, Literal

import numpy as np

from tamis.selection.base import Need, Ordered, RankRequest, Strategy


class Similarity(Strategy):
    """Keep the sample that is nearest to any of the examples; the examples are the preselected samples.

    Only the examples count, not what is kept on the way, so near-duplicates of an example all come first.
    Ties go to the lowest position.
    """

    title: ClassVar[str] = "Similar to examples"
    use_when: ClassVar[str] = (
        "You have a few images of what you look for, such as a class that is missing or a failure of the "
        "model, and want more of it."
    )
    importance_means: ClassVar[str] = (
        "1 / (1 + distance to the nearest example): 1 for a duplicate of one. It never rises."
    )
    source: ClassVar[str] = "Nearest neighbours; a strategy of the same name is in Lightly's selection."
    cost: ClassVar[str] = "n x e x d for e examples."
    loses_where: ClassVar[str] = "It has no variety: near-duplicates of an example all come first."

    strategy: Literal["similarity"] = "similarity"

    @property
    def needs(self) -> frozenset[Need]:
        """The preselected samples are the examples."""
        return frozenset({"preselected"})

    def rank(self, request: RankRequest) -> Ordered:
        """Sort by the distance to the nearest example."""
        from tamis.selection.kernels.nearest import approach  # loads numba

        rows, wanted = request.remaining, request.n_samples
        vectors = request.vectors if len(rows) == len(request.vectors) else request.vectors[rows]
        squared = np.full(len(rows), np.inf, np.float32)
        approach(
            vectors,
            request.vectors[request.preselected],
            squared,
            threads=request.threads,
            checkpoint=lambda: request.checkpoint(0, wanted),
        )
        order = np.argsort(squared, kind="stable")
        request.checkpoint(wanted, wanted)
        similarity = (1 / (1 + np.sqrt(squared[order]))).astype(np.float32)
        return Ordered(rows[order], similarity, len(order))
