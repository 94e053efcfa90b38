"""t-SNE: neighbours stay neighbours. Van der Maaten and Hinton (2008), https://jmlr.org/papers/v9/vandermaaten08a.html.

By openTSNE, with the settings of Kobak and Berens (2019), https://doi.org/10.1038/s41467-019-13056-x: PCA
initialisation and a learning rate of n / exaggeration. Momentum is 0.8 throughout, and 100 + 300 iterations
keep neighbours as well as the usual 250 + 500 do; the latter lower the loss by a few hundredths.
"""

from typing import TYPE_CHECKING

import numpy as np

from tamis.projection.base import Method, Points, Vectors, Watch
from tamis.projection.methods.pca import principal_plane
from tamis.projection.neighbors import nearest_of_all
from tamis.projection.placing import different_rows, place_among

if TYPE_CHECKING:
    from openTSNE import TSNEEmbedding

PERPLEXITY = 30.0
EXAGGERATION = 12.0
EARLY, LATE = 100, 300
MOMENTUM = 0.8
EVERY = 10
FEW = 8
"""Fewer different vectors than this are laid out by PCA: they have no neighbourhoods to keep."""
FFT_FROM = 10_000


class Tsne(Method):
    """Equal vectors share one point. Deterministic by seed on one machine; other machines differ visibly."""

    name = "tsne"
    title = "t-SNE (neighbourhoods)"

    def _project(self, vectors: Vectors, seed: int, threads: int, watch: Watch) -> Points:
        if not len(vectors):
            return np.zeros((0, 2), np.float32)
        different, which = different_rows(vectors)
        if len(different) < FEW:
            return principal_plane(vectors, watch)
        points: Points = _optimize(different, seed, threads, watch)[which]
        return points

    def _extend(self, vectors_old: Vectors, points_old: Points, vectors_new: Vectors, watch: Watch) -> Points:
        return place_among(vectors_old, points_old, vectors_new, watch)


def _optimize(vectors: Vectors, seed: int, threads: int, watch: Watch) -> Points:
    from openTSNE import TSNEEmbedding
    from openTSNE.affinity import PerplexityBasedNN
    from openTSNE.nearest_neighbors import PrecomputedNeighbors

    n = len(vectors)
    perplexity = min(PERPLEXITY, (n - 1) / 3)
    positions, distances = nearest_of_all(
        vectors, min(n - 1, int(3 * perplexity)), seed, lambda part: watch.at(round(20 * part))
    )
    distances /= distances.mean()  # t-SNE does not see scale; its search for a bandwidth does
    affinities = PerplexityBasedNN(
        perplexity=perplexity, n_jobs=threads, knn_index=PrecomputedNeighbors(positions, distances)
    )
    embedding = TSNEEmbedding(
        _start(vectors, seed),
        affinities,
        negative_gradient_method="fft" if n >= FFT_FROM else "bh",
        n_jobs=threads,
        momentum=MOMENTUM,
        callbacks_every_iters=EVERY,
    )
    _descend(embedding, 0, EARLY, EXAGGERATION, watch)
    _descend(embedding, EARLY, LATE, 1.0, watch)
    return np.asarray(embedding, np.float32)


def _start(vectors: Vectors, seed: int) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """The principal plane, made small; a hundredth of it as noise by seed, so that no two points coincide."""
    plane = principal_plane(vectors, Watch(0, None, None)).astype(np.float64)
    spread = plane[:, 0].std() or 1.0
    noise = np.random.default_rng(seed).standard_normal(plane.shape)
    return 1e-4 * (plane / spread + 0.01 * noise)


def _descend(
    embedding: "TSNEEmbedding", before: int, iterations: int, exaggeration: float, watch: Watch
) -> None:
    def callback(iteration: int, error: float, points: object) -> bool:
        watch.at(20 + 80 * (before + iteration) // (EARLY + LATE))
        return False

    rate = len(embedding) / exaggeration
    embedding.optimize(
        iterations, inplace=True, learning_rate=rate, exaggeration=exaggeration, callbacks=[callback]
    )
