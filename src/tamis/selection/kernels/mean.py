"""The row nearest to the mean: where a greedy choice from nothing begins."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tamis.compiling.kernel import kernel
from tamis.selection.kernels.workers import Workers

Doubles = NDArray[np.float64]

VALUES_A_BLOCK = 1_000_000
"""The sums of the blocks are added in their order, on any number of threads."""


def nearest_to_mean(
    vectors: NDArray[Any], workers: Workers | None = None, check: Callable[[], None] = lambda: None
) -> int:
    """Return the row nearest to the mean, the lowest on ties; exact for integer coordinates."""
    n, d = vectors.shape
    rows = max(1, VALUES_A_BLOCK // d)
    borders = [(start, min(n, start + rows)) for start in range(0, n, rows)]
    workers = workers or Workers(1)
    total = np.zeros(d)
    for some in _rounds(borders, workers, check):
        for part in workers.over(lambda start, stop: _sum(vectors, start, stop), some):
            total += part
    found: list[tuple[float, int]] = []
    for some in _rounds(borders, workers, check):
        found += workers.over(lambda start, stop: _nearest(vectors, total, start, stop), some)
    return min(found)[1]


def _rounds(
    borders: list[tuple[int, int]], workers: Workers, check: Callable[[], None]
) -> Iterator[list[tuple[int, int]]]:
    for first in range(0, len(borders), 8 * workers.threads):
        check()
        yield borders[first : first + 8 * workers.threads]


@kernel
def _value(half: np.uint16) -> float:
    """Return the number that the bits of a float16 stand for."""
    bits = int(half)
    exponent, fraction = (bits >> 10) & 31, float(bits & 1023)
    size = 2.0**-24 * fraction if exponent == 0 else 2.0 ** (exponent - 25.0) * (1024.0 + fraction)
    return -size if bits >> 15 else size


@kernel
def _sum(vectors: NDArray[Any], start: int, stop: int) -> Doubles:
    total = np.zeros(vectors.shape[1])
    halves = vectors.itemsize == 2
    for i in range(start, stop):
        if halves:
            for t in range(total.size):
                total[t] += _value(vectors[i, t])
        else:
            for t in range(total.size):
                total[t] += vectors[i, t]
    return total


@kernel
def _nearest(vectors: NDArray[Any], total: Doubles, start: int, stop: int) -> tuple[float, int]:
    n, halves = float(vectors.shape[0]), vectors.itemsize == 2
    best, best_row = np.inf, start
    for i in range(start, stop):
        squared = 0.0
        # (n x - sum)^2 instead of (x - mean)^2: no division, so that equal distances stay equal
        if halves:
            for t in range(total.size):
                from_mean = _value(vectors[i, t]) * n - total[t]
                squared += from_mean * from_mean
        else:
            for t in range(total.size):
                from_mean = vectors[i, t] * n - total[t]
                squared += from_mean * from_mean
        if squared < best:
            best, best_row = squared, i
    return best, best_row
