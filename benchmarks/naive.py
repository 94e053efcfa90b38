"""The naive greedy loop, as fast as we can make it: one pass over all samples for each that is chosen."""

from collections.abc import Callable

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

from tamis.model.machine import cores

Floats = NDArray[np.float32]
Order = NDArray[np.int64]
FAST = {"reassoc", "contract", "nsz", "arcp"}


@njit(fastmath=FAST)
def one_thread(vectors: Floats, k: int, first: int) -> Order:
    """Choose k samples on one thread."""
    n, d = vectors.shape
    order = np.empty(k, np.int64)
    nearest = np.full(n, np.inf, np.float32)
    chosen = first
    for step in range(k):
        order[step] = chosen
        best = np.float32(-1)
        farthest = 0
        for i in range(n):
            squared = np.float32(0)
            for t in range(d):
                difference = vectors[i, t] - vectors[chosen, t]
                squared += difference * difference
            nearest[i] = min(nearest[i], squared)
            if nearest[i] > best:
                best = nearest[i]
                farthest = i
        chosen = farthest
    return order


@njit(parallel=True, fastmath=FAST)
def _shared(vectors: Floats, k: int, first: int, parts: int) -> Order:
    n, d = vectors.shape
    order = np.empty(k, np.int64)
    nearest = np.full(n, np.inf, np.float32)
    best, farthest = np.empty((parts, 16), np.float32), np.empty((parts, 8), np.int64)  # a cache line each
    chosen = first
    for step in range(k):
        order[step] = chosen
        for part in prange(parts):
            highest = np.float32(-1)
            where = 0
            for i in range(part * n // parts, (part + 1) * n // parts):
                squared = np.float32(0)
                for t in range(d):
                    difference = vectors[i, t] - vectors[chosen, t]
                    squared += difference * difference
                nearest[i] = min(nearest[i], squared)
                if nearest[i] > highest:
                    highest = nearest[i]
                    where = i
            best[part, 0], farthest[part, 0] = highest, where
        chosen = farthest[best[:, 0].argmax(), 0]
    return order


def all_threads(vectors: Floats, k: int, first: int) -> Order:
    """Choose k samples, each pass shared out over all cores."""
    order: Order = _shared(vectors, k, first, cores())
    return order


def matrix_vector(vectors: Floats, k: int, first: int) -> Order:
    """Choose k samples with one BLAS product each: |x - c|^2 = |x|^2 - 2 x c + |c|^2."""
    order = np.empty(k, np.int64)
    lengths = np.einsum("ij,ij->i", vectors, vectors)
    nearest = np.full(len(vectors), np.inf, np.float32)
    chosen = first
    for step in range(k):
        order[step] = chosen
        squared = vectors @ vectors[chosen]
        squared *= -2
        squared += lengths
        squared += lengths[chosen]
        np.minimum(nearest, squared, out=nearest)
        chosen = int(nearest.argmax())
    return order


LOOPS: dict[str, Callable[[Floats, int, int], Order]] = {
    "numba, 1 thread": one_thread,
    "numba, all threads": all_threads,
    "BLAS": matrix_vector,
}
