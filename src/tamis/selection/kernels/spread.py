"""The squared distance of every sample to the nearest kept one, lowered kept sample by kept sample."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from tamis.compiling.kernel import kernel
from tamis.selection.kernels.workers import Workers

Floats = NDArray[np.float32]

VALUES_A_STRIDE = 40_000_000
SHARED_FROM = 1_000_000
"""From so many values on it pays to share one pass between threads."""


class Spread:
    """`squared[i]` is infinite until something is kept; each row is worked on by itself, on any thread."""

    def __init__(self, vectors: Floats, workers: Workers) -> None:
        n, d = vectors.shape
        self.vectors, self.workers = vectors, workers
        self.squared = np.full(n, np.inf, np.float32)
        self.stride = max(1, VALUES_A_STRIDE // (n * (d + 8)))
        """After so many additions it is time to report: a few hundredths of a second."""
        parts = workers.threads if n * d >= SHARED_FROM else 1
        edges = np.linspace(0, n, parts + 1).astype(int).tolist()
        self.borders = list(pairwise(edges))

    def keep(self, vectors: Floats, check: Callable[[], None]) -> None:
        """Keep many vectors, one after the other."""
        check()
        for number, vector in enumerate(vectors, start=1):
            if number % self.stride == 0:
                check()
            self.add(vector)

    def add(self, vector: Floats) -> None:
        """Keep one more vector."""
        self.workers.over(
            lambda start, stop: _lower(self.vectors, vector, self.squared, start, stop), self.borders
        )


@kernel
def _lower(vectors: Floats, vector: Floats, squared: Floats, start: int, stop: int) -> None:
    for i in range(start, stop):
        total = np.float32(0)
        for t in range(vector.size):
            difference = vectors[i, t] - vector[t]
            total += difference * difference
        squared[i] = min(squared[i], total)
