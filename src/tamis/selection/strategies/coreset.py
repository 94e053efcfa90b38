"""Coreset: the greedy k-center of Sener and Savarese (2018), https://arxiv.org/abs/1708.00489."""

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from tamis.selection.base import Ordered, Positions, RankRequest, Strategy


class Coreset(Strategy):
    """Keep the sample farthest from all samples kept so far.

    The first pick of an empty start is the candidate nearest to the mean. Every tie goes to the lowest
    position. After `greedy_until` the order is by an upper bound of the distance to the nearest kept sample.

    With `trim`, that share of the samples is set aside first: those with the farthest 20th neighbour, rounded
    down to whole samples. They come last of all, those with the nearest 20th neighbour first.
    """

    title: ClassVar[str] = "Diversity (coreset)"
    use_when: ClassVar[str] = (
        "You want every kind of image, rare ones too, and no two alike: de-duplication, video frames, or a "
        "large share of the pool. With a few dozen samples it finds mostly outliers: trim a few percent, "
        "unless rare images are what you look for."
    )
    importance_means: ClassVar[str] = (
        "The distance to the nearest sample kept before it; it never rises. The first sample of an empty "
        "start has the distance from it to the farthest candidate. Exact duplicates have 0, and so has what "
        "`trim` sets aside."
    )
    reads_halves: ClassVar[bool] = True
    source: ClassVar[str] = (
        "Sener and Savarese, Active Learning for Convolutional Neural Networks: A Core-Set Approach, "
        "https://arxiv.org/abs/1708.00489; Gonzalez (1985): at most twice the best possible radius."
    )
    cost: ClassVar[str] = (
        "At most n x k x d, and 1 to 6 % of that on large pools. Trimming adds n x 2,000 x d."
    )
    loses_where: ClassVar[str] = (
        "With few labels of a balanced pool it keeps mostly outliers: it is worse than random on MNIST "
        "and emoji up to k = 200."
    )

    strategy: Literal["coreset"] = "coreset"
    minimum_distance: float = Field(0.0, ge=0, description="Stop once the next sample is nearer than this.")

    trim: float = Field(
        0.0, ge=0, le=0.5, description="Set this share of the samples aside as outliers; they come last."
    )

    def rank(self, request: RankRequest) -> Ordered:
        """Run the greedy choice, then append the rest by how far it may still be from what is kept."""
        from tamis.selection.kernels.farthest import farthest_first  # loads numba

        wanted, (rows, aside) = request.n_samples, self._trimmed(request)
        everything = len(rows) == len(request.vectors)
        vectors = request.vectors if everything else request.vectors[rows]
        found = farthest_first(
            vectors,
            min(wanted, len(rows)),
            kept=request.vectors[request.preselected],
            minimum_distance=self.minimum_distance,
            threads=request.threads,
            checkpoint=lambda done, _: request.checkpoint(done, wanted),
        )
        order, distance = found.all_rows(lambda: request.checkpoint(wanted, wanted))
        request.checkpoint(wanted, wanted)
        chosen = len(found.order)
        return Ordered(
            np.concatenate([rows[order], aside]),
            np.concatenate([distance, np.zeros(len(aside), np.float32)]),
            len(request.remaining) if found.complete or chosen == len(rows) else chosen,
        )

    def _trimmed(self, request: RankRequest) -> tuple[Positions, Positions]:
        """Return the samples to choose from, and those set aside."""
        from tamis.selection.kernels.neighbours import distance_to_neighbour
        from tamis.selection.kernels.order import falling
        from tamis.selection.kernels.workers import Workers  # loads numba

        rows = request.remaining
        stay = len(rows) - int(self.trim * len(rows))
        if stay == len(rows):
            return rows, rows[:0]

        def check() -> None:
            request.checkpoint(0, request.n_samples)

        with Workers(request.threads) as workers:
            last = distance_to_neighbour(request.vectors, rows, request.candidates, workers, check)
        # The far end first, of equals the highest position: turned round it rises, the lowest first.
        order = len(rows) - 1 - falling(np.ascontiguousarray(last[::-1]), check)[::-1]
        return np.sort(rows[order[:stay]]), rows[order[stay:]]
