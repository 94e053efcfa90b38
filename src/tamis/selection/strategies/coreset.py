"""Coreset: the greedy k-center of Sener and Savarese (2018), https://arxiv.org/abs/1708.00489."""

from typing import ClassVar, Literal

from pydantic import Field

from tamis.selection.base import Ordered, RankRequest, Strategy


class Coreset(Strategy):
    """Keep the sample farthest from all samples kept so far.

    The first pick of an empty start is the candidate nearest to the mean. Every tie goes to the lowest
    position. After `greedy_until` the order is by an upper bound of the distance to the nearest kept sample.
    """

    title: ClassVar[str] = "Diversity (coreset)"
    use_when: ClassVar[str] = (
        "You want every kind of image, rare ones too, and no two alike: de-duplication, video frames, or a "
        "large share of the pool. With a few dozen samples it finds mostly outliers."
    )
    importance_means: ClassVar[str] = (
        "The distance to the nearest sample kept before it; it never rises. The first sample of an empty "
        "start has the distance from it to the farthest candidate. Exact duplicates have 0."
    )
    reads_halves: ClassVar[bool] = True
    source: ClassVar[str] = (
        "Sener and Savarese, Active Learning for Convolutional Neural Networks: A Core-Set Approach, "
        "https://arxiv.org/abs/1708.00489; Gonzalez (1985): at most twice the best possible radius."
    )

    strategy: Literal["coreset"] = "coreset"
    minimum_distance: float = Field(0.0, ge=0, description="Stop once the next sample is nearer than this.")

    def rank(self, request: RankRequest) -> Ordered:
        """Run the greedy choice, then append the rest by how far it may still be from what is kept."""
        from tamis.selection.kernels.farthest import farthest_first  # loads numba

        rows = request.remaining
        everything = len(rows) == len(request.vectors)
        vectors = request.vectors if everything else request.vectors[rows]
        found = farthest_first(
            vectors,
            request.n_samples,
            kept=request.vectors[request.preselected],
            minimum_distance=self.minimum_distance,
            threads=request.threads,
            checkpoint=request.checkpoint,
        )
        order, distance = found.all_rows(lambda: request.checkpoint(request.n_samples, request.n_samples))
        return Ordered(rows[order], distance, len(order) if found.complete else len(found.order))
