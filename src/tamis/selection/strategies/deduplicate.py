"""Deduplicate: an eps-net, one of each group of near-duplicates."""

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from tamis.selection.base import Ordered, RankRequest, Strategy


class Deduplicate(Strategy):
    """Keep one of each group of near-duplicates, and say which sample stands for which.

    1. Go through the samples by position. One that is no farther than `distance` from a sample that stands
       already falls to the nearest such; otherwise it stands for itself. Preselected samples stand from the
       start.
    2. Rank those that stand for themselves as coreset does. All others follow, the most different from the
       sample that stands for it first.

    So any two samples that stand are farther apart than `distance`, and every other is within it of one of
    them: cut the ranking where the importance falls to `distance`. The ranking's `groups` name, per sample,
    the one that stands for it.

    The default distance is one within which only 1 in 100 samples would have a neighbour by chance, judging
    by how the distances to the 10th up to the 20th neighbour grow. It suits groups of up to about ten; for
    larger groups, such as the frames of a still video, give the distance.
    """

    title: ClassVar[str] = "Remove near-duplicates"
    use_when: ClassVar[str] = (
        "You want the pool without its near-duplicates: bursts, re-encoded copies, slow video."
    )
    importance_means: ClassVar[str] = (
        "For a sample that stands for a group: the distance to the nearest one ranked before it, above "
        "`distance`. For any other: the distance to the sample that stands for it, at most `distance`. It "
        "never rises."
    )
    source: ClassVar[str] = (
        "An eps-net by position; removal of semantic duplicates pays off in Abbas et al., SemDeDup, "
        "https://arxiv.org/abs/2303.09540. Order of the rest: Gonzalez (1985)."
    )
    cost: ClassVar[str] = (
        "n x n x d at worst; only samples near each other in the directions of largest spread are "
        "compared. Then that of coreset."
    )
    loses_where: ClassVar[str] = (
        "As a choice of what to label first it is no better than coreset. Groups of more than about ten "
        "need a `distance`."
    )

    strategy: Literal["deduplicate"] = "deduplicate"
    distance: float | None = Field(
        None, ge=0, description="Samples this near are alike. None: by the data; 0: exact duplicates only."
    )

    def rank(self, request: RankRequest) -> Ordered:
        """Find the groups, rank those that stand for them by distance, and append the others."""
        from tamis.selection.kernels.duplicates import chance_distance, near_duplicates
        from tamis.selection.kernels.farthest import farthest_first
        from tamis.selection.kernels.workers import Workers  # loads numba

        rows, kept, wanted = request.remaining, request.preselected, request.n_samples
        with Workers(request.threads) as workers:

            def check() -> None:
                request.checkpoint(0, wanted)

            distance = self.distance
            if distance is None:
                distance = chance_distance(request.vectors, request.candidates, workers, check)
            stands, gap = near_duplicates(request.vectors, rows, kept, distance, workers, check)
        own = np.flatnonzero(stands == rows)
        radius = np.empty(0, np.float32)
        if len(own):
            farthest = farthest_first(
                request.vectors[rows[own]],
                min(wanted, len(own)),
                kept=request.vectors[kept],
                threads=request.threads,
                checkpoint=lambda done, _: request.checkpoint(done, wanted),
            )
            chosen, radius = farthest.all_rows()
            own = own[chosen]
        others = np.flatnonzero(stands != rows)
        others = others[np.argsort(-gap[others], kind="stable")]
        nearer = np.minimum(gap[others], radius[-1]) if len(radius) else gap[others]
        request.checkpoint(wanted, wanted)
        order = np.concatenate([own, others])
        greedy_until = wanted if wanted < len(own) else len(order)
        return Ordered(rows[order], np.concatenate([radius, nearer]), greedy_until, groups=stands[order])
