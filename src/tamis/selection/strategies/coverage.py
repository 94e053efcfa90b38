"""Coverage: ProbCover of Yehuda, Dekel, Hacohen and Weinshall (2022), https://arxiv.org/abs/2205.11499."""

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from tamis.selection.base import Ordered, RankRequest, Strategy
from tamis.selection.tail import completed


class Coverage(Strategy):
    """Keep the sample whose ball holds the most samples that no ball holds yet.

    1. Put a ball of `radius` around every sample.
    2. Keep the sample whose ball holds most; take what it holds away from all other balls. Repeat.
    3. Once nothing is left to cover, keep the farthest sample next, as in coreset.

    The default radius is the median distance of a sample to its 20th neighbour; the paper's own choice needs
    clusters that are taken for classes. What is to be covered is stood for by landmarks, drawn by the seed;
    up to that many samples all are used. Every tie goes to the lowest position. After `greedy_until` the
    order is by what each sample would add at that point.
    """

    title: ClassVar[str] = "Coverage (ProbCover)"
    use_when: ClassVar[str] = (
        "You label few images and want each to speak for many near it. The radius matters; on a long-tailed "
        "pool it passes over what is rare."
    )
    importance_means: ClassVar[str] = (
        "The share of the pool that the sample newly covers; it never rises, and the sum over the kept "
        "samples is the share that they cover together. It is 0 once all is covered."
    )
    source: ClassVar[str] = (
        "Yehuda, Dekel, Hacohen and Weinshall, Active Learning Through a Covering Lens, "
        "https://arxiv.org/abs/2205.11499."
    )
    cost: ClassVar[str] = "n x m x d twice for m landmarks, whatever k is."
    loses_where: ClassVar[str] = (
        "On a long tail it finds fewer classes than random. On MNIST it saves fewer labels than "
        "representative up to k = 50."
    )

    strategy: Literal["coverage"] = "coverage"
    radius: float | None = Field(
        None, gt=0, description="How far a sample covers. None: the median distance to the 20th neighbour."
    )
    landmarks: int = Field(
        10_000, ge=10, le=100_000, description="How many samples, drawn at random, are to be covered."
    )

    def rank(self, request: RankRequest) -> Ordered:
        """Choose by newly covered samples, go on by distance when all is covered, and append the rest."""
        from tamis.selection.kernels.cover import cover  # loads numba

        rows, pool = request.remaining, request.landmarks(self.landmarks)
        found = cover(
            request.vectors if len(rows) == len(request.vectors) else request.vectors[rows],
            request.vectors[pool],
            request.n_samples,
            radius=self.radius,
            kept=request.vectors[request.preselected],
            threads=request.threads,
            checkpoint=request.checkpoint,
        )
        share = np.float32(1 / len(pool))
        return completed(request, found.order, found.gain * share, found.left * share)
