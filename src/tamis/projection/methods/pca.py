"""PCA: the plane in which the vectors differ most. Linear, fast, and honest about distances."""

from collections.abc import Iterator

import numpy as np

from tamis.projection.base import Method, Points, Vectors, Watch
from tamis.projection.basis import fit_basis

BLOCK = 8192


class Pca(Method):
    """Look at the vectors from the side that shows most; not whitened, so that distances keep their ratio."""

    name = "pca"
    title = "PCA (linear)"

    def _project(self, vectors: Vectors, seed: int, threads: int, watch: Watch) -> Points:
        return principal_plane(vectors, watch)

    def _extend(self, vectors_old: Vectors, points_old: Points, vectors_new: Vectors, watch: Watch) -> Points:
        """Fit the one affine map that takes old vectors to their points, and use it for the new.

        Old points that this method made are an affine image of their vectors, so the map is theirs, even
        when they were placed over several rounds. Directions in which the old do not differ count nothing.
        """
        mean = vectors_old.mean(axis=0, dtype=np.float64)
        centre = points_old.mean(axis=0, dtype=np.float64)
        gram = np.zeros((len(mean), len(mean)))
        target = np.zeros((len(mean), 2))
        for start in range(0, len(vectors_old), BLOCK):
            shifted = vectors_old[start : start + BLOCK] - mean
            gram += shifted.T @ shifted
            target += shifted.T @ (points_old[start : start + BLOCK] - centre)
            watch.at(90 * start // len(vectors_old))
        plane = np.linalg.pinv(gram, rcond=1e-10, hermitian=True) @ target
        points: Points = ((vectors_new - mean) @ plane + centre).astype(np.float32)
        return points


def principal_plane(vectors: Vectors, watch: Watch) -> Points:
    """Return the first two principal coordinates, unscaled; zeros where there is nothing to tell apart."""
    if not len(vectors):
        return np.zeros((0, 2), np.float32)

    def batches() -> Iterator[Vectors]:
        for start in range(0, len(vectors), BLOCK):
            watch.at(90 * start // len(vectors))
            yield vectors[start : start + BLOCK]

    basis = fit_basis(batches(), dimensions=2)
    return ((vectors - basis.mean) @ basis.components.T).astype(np.float32)
