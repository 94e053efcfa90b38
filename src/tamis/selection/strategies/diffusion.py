"""Diffusion: facility location on the graph kernel of Zhou et al. (2003), so that few labels spread far."""

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from tamis.selection.base import Ordered, RankRequest, Strategy
from tamis.selection.tail import completed


class Diffusion(Strategy):
    """Keep the sample from which most of the pool is reached in short steps from like to like.

    1. Join each sample with its nearest `neighbours`; the nearer, the heavier the edge, measured by how far
       apart neighbours are in that place.
    2. Let what is known at one sample spread along the edges, 99 of 100 parts going on with each step. How
       much of it arrives is the similarity of two samples, 1 for a sample and itself.
    3. Keep the sample that makes the kept ones most similar to the pool as a whole, as in `representative`.

    So a sample stands for a whole group that hangs together, however stretched or thin, and not for a ball
    of one size. The pool is stood for by landmarks, drawn by the seed, and the choice is among them; up to
    that many samples all are used. Preselected samples, up to as many, are in the graph too. Every tie goes
    to the lowest position. Once nothing is left to gain, or no landmark, the farthest sample comes next, as
    in coreset, with an importance of 0. After `greedy_until` landmarks come by what each would add at that
    point, and then all others.
    """

    title: ClassVar[str] = "Diffusion"
    use_when: ClassVar[str] = (
        "You label few images, and each label is to speak for as many others as possible."
    )
    importance_means: ClassVar[str] = (
        "The share of the pool that the sample newly stands for; it never rises, and the sum over the kept "
        "samples is the share that they stand for together."
    )
    seconds_per_pair: ClassVar[float] = 1e-6
    source: ClassVar[str] = (
        "The kernel: Zhou, Bousquet, Lal, Weston and Schölkopf, Learning with Local and Global Consistency, "
        "NIPS 2003; the weights: Zelnik-Manor and Perona, Self-Tuning Spectral Clustering, NIPS 2004."
    )
    cost: ClassVar[str] = (
        "m x m x d for m landmarks and 100 x m x m for each of about 30 edges, however large the pool; "
        "memory for m x m numbers."
    )
    loses_where: ClassVar[str] = (
        "On a long tail it finds no more classes than random. From k = 200 on, representative saves as many "
        "labels. It covers the pool with larger gaps than either coreset or representative."
    )

    strategy: Literal["diffusion"] = "diffusion"
    neighbours: int = Field(20, ge=1, le=200, description="With how many others each sample is joined.")
    landmarks: int = Field(
        4000, ge=10, le=10_000, description="How many samples, drawn at random, stand for the pool."
    )

    def rank(self, request: RankRequest) -> Ordered:
        """Choose landmarks by gain, go on by distance when no gain is left, and append the rest."""
        from tamis.selection.kernels.diffusion import cover_most, diffused
        from tamis.selection.kernels.workers import Workers  # loads numba

        kept, rows, wanted = request.preselected, request.remaining, request.n_samples
        if len(kept) > self.landmarks:  # evenly spaced, so that the graph stays small
            kept = kept[np.linspace(0, len(kept) - 1, self.landmarks).round().astype(np.int64)]
        landmarks = request.landmarks(self.landmarks)
        nodes = np.union1d(landmarks, kept)
        taken = np.isin(nodes, request.preselected)
        with Workers(request.threads) as workers:
            similar = diffused(
                request.vectors[nodes], self.neighbours, workers, lambda: request.checkpoint(0, wanted)
            )
            chosen, gain, left = cover_most(
                similar,
                min(wanted, int((~taken).sum())),
                taken,
                workers,
                lambda done: request.checkpoint(done, wanted),
            )
        place = np.searchsorted(rows, nodes[~taken])
        rest = np.zeros(len(rows), np.float32)
        share = np.float32(1 / len(landmarks))  # the preselected ones that are no landmarks gain nothing
        rest[place] = left[~taken] * share
        return completed(request, np.searchsorted(rows, nodes[chosen]), gain * share, rest)
