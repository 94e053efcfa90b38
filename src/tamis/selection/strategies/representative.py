"""Representative: facility location on a Gaussian kernel, as in MaxHerding, https://arxiv.org/abs/2407.12212."""

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from tamis.selection.base import Ordered, RankRequest, Strategy
from tamis.selection.tail import completed


class Representative(Strategy):
    """Keep the sample that makes the kept ones most similar to the pool as a whole.

    The pool is stood for by landmarks, drawn by the seed; up to that many samples all are used. The width of
    the kernel is twice the median distance of a landmark to its 20th neighbour. Every tie goes to the lowest
    position. Once nothing is left to gain, the farthest sample comes next, as in coreset, with an importance
    of 0. After `greedy_until` the order is by what each sample would add at that point.
    """

    title: ClassVar[str] = "Representative"
    use_when: ClassVar[str] = (
        "You want few samples that stand for the pool: the first images to label, or a preview."
    )
    importance_means: ClassVar[str] = (
        "The share of the pool that the sample newly stands for; it never rises, and the sum over the kept "
        "samples is the share that they stand for together."
    )
    source: ClassVar[str] = "Bae, Noh and Sutherland, Generalized Coverage, https://arxiv.org/abs/2407.12212."
    cost: ClassVar[str] = (
        "n x m x d for m landmarks, and m x d more for each further look at a sample, of which a lazy "
        "choice needs few."
    )
    loses_where: ClassVar[str] = "On a long tail it finds no more classes than random up to k = 100."

    strategy: Literal["representative"] = "representative"
    landmarks: int = Field(
        2000, ge=10, le=20_000, description="How many samples, drawn at random, stand for the pool."
    )

    def rank(self, request: RankRequest) -> Ordered:
        """Choose by gain, go on by distance when no gain is left, and append the rest by its gain."""
        from tamis.selection.kernels.herding import herd  # loads numba

        rows, wanted = request.remaining, request.n_samples
        vectors = request.vectors if len(rows) == len(request.vectors) else request.vectors[rows]
        kept = request.vectors[request.preselected]
        landmarks = request.vectors[request.landmarks(self.landmarks)]
        found = herd(
            vectors, landmarks, wanted, kept=kept, threads=request.threads, checkpoint=request.checkpoint
        )
        all_of_it = np.float32(len(landmarks))
        return completed(request, found.order, found.gain / all_of_it, found.left / all_of_it)
