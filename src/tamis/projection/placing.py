"""What layouts of neighbourhoods share: equal vectors are one, new ones go where their neighbours are."""

import numpy as np
from numpy.typing import NDArray

from tamis.projection.base import Points, Vectors, Watch
from tamis.projection.neighbors import nearest

VOTERS = 5


def different_rows(vectors: Vectors) -> tuple[Vectors, NDArray[np.intp]]:
    """Return each vector once, (m, d), and which of them every row is, (n,)."""
    different, which = np.unique(vectors + np.float32(0), axis=0, return_inverse=True)  # -0 becomes 0
    return different, which.reshape(-1)


def place_among(vectors_old: Vectors, points_old: Points, vectors_new: Vectors, watch: Watch) -> Points:
    """Take the median point of the 5 nearest old vectors; an equal vector gets the equal point.

    Running an optimiser on from there, as libraries do, was not measured to be better, only slower.
    """
    voters = min(VOTERS, len(vectors_old))
    positions, distances = nearest(
        vectors_new, vectors_old, voters, report=lambda part: watch.at(round(100 * part))
    )
    points = np.median(points_old[positions], axis=1)  # (m, voters, 2) -> (m, 2)
    equal = distances[:, 0] == 0
    points[equal] = points_old[positions[equal, 0]]
    return points.astype(np.float32)
