"""k-means: D^2 starts, then Lloyd's iterations; the same bits on any number of threads.

scikit-learn's k-means adds up centres in the order in which its threads finish, and cannot be cancelled
within an iteration; here the sums run in order, in float64, and the distances are shared out by rows.
A large pool is clustered on some of its samples, drawn by the seed; then all are assigned.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tamis.compiling.kernel import kernel
from tamis.selection.kernels.neighbours import nearest_reference, transposed
from tamis.selection.kernels.spread import Spread
from tamis.selection.kernels.workers import Workers

Floats = NDArray[np.float32]
Integers = NDArray[np.int32]
Doubles = NDArray[np.float64]

SAMPLES_A_CLUSTER = 256
"""More samples than this for each cluster move its centre no more."""
ITERATIONS = 20


@dataclass(frozen=True, slots=True)
class Clusters:
    """`member[i]` is the cluster of row i, `squared[i]` the squared distance to its centre."""

    centres: Floats
    member: Integers
    squared: Floats


def k_means(
    vectors: Floats,
    n_clusters: int,
    generator: np.random.Generator,
    workers: Workers,
    check: Callable[[], None],
) -> Clusters:
    """Part the rows into `n_clusters`, some of which may stay empty; ties go to the lowest cluster."""
    n = len(vectors)
    most = max(SAMPLES_A_CLUSTER * n_clusters, 10_000)
    rows = vectors if n <= most else vectors[np.sort(generator.choice(n, most, replace=False))]
    centres = _starts(rows, n_clusters, generator, workers, check)
    before: Integers | None = None
    for _ in range(ITERATIONS):
        member, squared = nearest_reference(rows, transposed(centres), workers, check)
        if before is not None and np.array_equal(before, member):
            break
        before = member
        centres = _means(rows, member, squared, centres)
    member, squared = nearest_reference(vectors, transposed(centres), workers, check)
    return Clusters(centres, member, squared)


def _starts(
    rows: Floats, n_clusters: int, generator: np.random.Generator, workers: Workers, check: Callable[[], None]
) -> Floats:
    """Draw each start with a probability proportional to its squared distance from those before."""
    spread = Spread(rows, workers)
    chosen = [int(generator.integers(len(rows)))]
    draws = generator.random(n_clusters)
    for number in range(1, n_clusters):
        if number % spread.stride == 0:
            check()
        spread.add(rows[chosen[-1]])
        chosen.append(drawn(spread.squared, draws[number]))
    return rows[chosen]


def drawn(weights: NDArray[np.floating[Any]], draw: float) -> int:
    """Return the row on which a draw from [0, 1) falls when rows are as wide as their weights."""
    edges = np.cumsum(weights, dtype=np.float64)
    row = int(np.searchsorted(edges, draw * edges[-1], side="right"))
    if row < len(edges) and weights[row] > 0:
        return row
    return int(weights.argmax())  # all zero, or a draw that rounding took past the end


def _means(rows: Floats, member: Integers, squared: Floats, centres: Floats) -> Floats:
    """Return the mean of each cluster; an empty one moves to a row far from its centre."""
    sums, counts = np.zeros(centres.shape), np.zeros(len(centres), np.int64)
    _add_up(rows, member, sums, counts)
    empty = np.flatnonzero(counts == 0)[: len(rows)]
    means = (sums / np.maximum(counts, 1)[:, None]).astype(np.float32)
    if empty.size:
        means[empty] = rows[np.argsort(-squared, kind="stable")[: len(empty)]]
    return means


@kernel
def _add_up(rows: Floats, member: Integers, sums: Doubles, counts: NDArray[np.int64]) -> None:
    for i in range(len(rows)):
        counts[member[i]] += 1
        for t in range(rows.shape[1]):
            sums[member[i], t] += rows[i, t]
