"""Distances of pool samples to the nearest kept one."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from tamis.compiling.kernel import kernel
from tamis.selection.kernels.workers import VALUES_A_CHUNK, Workers

Floats = NDArray[np.float32]


def approach(
    pool: Floats,
    centres: Floats,
    squared: Floats,
    *,
    nearest: NDArray[np.int64] | None = None,
    threads: int = 1,
    checkpoint: Callable[[], None] = lambda: None,
) -> None:
    """Lower `squared`, the distance of each pool row to its nearest centre so far, for more centres.

    `nearest` receives the number of that centre among `centres`; ties go to the lowest.
    """
    n, d = pool.shape
    step = max(1, VALUES_A_CHUNK // (max(1, n) * (d + 8)))
    chosen = np.zeros(n, np.int64) if nearest is None else nearest
    with Workers(threads) as workers:
        for first in range(0, len(centres), step):
            checkpoint()
            last = min(len(centres), first + step)

            def part(start: int, stop: int, first: int = first, last: int = last) -> None:
                _approach(pool, centres, first, last, squared, chosen, start, stop)

            edges = np.linspace(0, n, threads + 1).astype(int).tolist()
            workers.over(part, list(pairwise(edges)))


def nearest_before(rows: Floats) -> Floats:
    """Return the squared distance (k,) of each row to the nearest row before it; infinity for the first."""
    return _nearest_before(np.ascontiguousarray(rows))


@kernel
def _nearest_before(rows: Floats) -> Floats:
    squared = np.full(len(rows), np.inf, np.float32)
    for i in range(len(rows)):
        for j in range(i):
            total = np.float32(0)
            for t in range(rows.shape[1]):
                difference = rows[i, t] - rows[j, t]
                total += difference * difference
            squared[i] = min(squared[i], total)
    return squared


@kernel
def _approach(
    pool: Floats,
    centres: Floats,
    first: int,
    last: int,
    squared: Floats,
    nearest: NDArray[np.int64],
    start: int,
    stop: int,
) -> None:
    for i in range(start, stop):
        for c in range(first, last):
            total = np.float32(0)
            for t in range(pool.shape[1]):
                difference = pool[i, t] - centres[c, t]
                total += difference * difference
            if total < squared[i]:
                squared[i] = total
                nearest[i] = c
