"""Which samples are near-duplicates of which: an eps-net by position, pruned by projections.

In the order of their positions, a sample within `distance` of one that stands already falls to the nearest
such one; else it stands for itself. Two samples within a distance are at most as far apart on any line, so
only those in a window on the line of largest spread are looked at, and of those only the ones that are near
in the next few directions too. Rows are looked at in blocks: against all earlier blocks on all threads, and
then one by one within the block.
"""

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from tamis.compiling.kernel import kernel
from tamis.selection.kernels.neighbours import NEIGHBOURS, in_parts, neighbour_distances, transposed
from tamis.selection.kernels.workers import Workers

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Positions = NDArray[np.int64]
Check = Callable[[], None]

DIRECTIONS = 4
BLOCK = 4096
MOST_COMPARED = 20_000
MOST_MEASURED = 2000
BY_CHANCE = 0.01
"""The share of samples that may have a neighbour within the default distance by chance."""


def near_duplicates(
    vectors: Floats, rows: Positions, kept: Positions, distance: float, workers: Workers, check: Check
) -> tuple[Positions, Floats]:
    """Return per row the position that stands for it, maybe its own, and the distance to that one.

    `rows` are ascending positions; those in `kept` stand from the start.
    """
    limit = np.float32(min(distance, 1e18) ** 2)
    directions = _directions(vectors, np.union1d(rows, kept))
    projected = np.empty((len(vectors), directions.shape[1]))
    in_parts(
        lambda start, stop: _project(vectors, directions, projected, start, stop),
        len(vectors), directions.size, workers, check,
    )  # fmt: skip
    margin = min(distance, 1e18) * (1 + 1e-4) + 1e-9 * float(np.abs(projected).max())
    stands, squared = np.full(len(rows), -1), np.full(len(rows), np.inf, np.float32)
    leaders = kept[np.argsort(projected[kept, 0], kind="stable")]
    lines = projected[leaders]
    for first in range(0, len(rows), BLOCK):
        block = slice(first, first + BLOCK)
        some, found, best = rows[block], stands[block], squared[block]
        look = partial(_look, vectors, some, projected, leaders, lines, margin, limit, found, best)
        in_parts(look, len(some), 16 * (len(leaders) + 1), workers, check)
        check()
        workers.call(_settle, vectors, some, projected, margin, limit, found, best)
        added = some[found == some]
        added = added[np.argsort(projected[added, 0], kind="stable")]
        places = np.searchsorted(lines[:, 0], projected[added, 0], side="right")
        leaders = np.insert(leaders, places, added)
        lines = np.insert(lines, places, projected[added], axis=0)
    return stands, np.sqrt(squared)


def chance_distance(vectors: Floats, rows: Positions, workers: Workers, check: Check) -> float:
    """Return the distance within which, by chance, one sample in a hundred would have a neighbour.

    How many neighbours lie within r of a sample grows like (r / r20)^D near its 20th neighbour, at distance
    r20; D is told by the distances to the 10th up to the 20th, which single near-duplicates hardly change.
    Taken down to small r as a Poisson process, the chance of a neighbour within r is
    1 - exp(-20 (r / r20)^D); r is where its mean over the samples is 1 %.
    """
    n = len(rows)
    compared = np.linspace(0, n - 1, min(n, MOST_COMPARED)).round().astype(np.int64)
    own = np.linspace(0, len(compared) - 1, min(len(compared), MOST_MEASURED)).round().astype(np.int64)
    if len(compared) <= NEIGHBOURS:
        return 0.0
    references = vectors[rows[compared]]
    found = neighbour_distances(references[own], transposed(references), own, NEIGHBOURS, workers, check)
    found = found[found[:, NEIGHBOURS // 2 - 1] > 0].astype(np.float64)
    if not len(found):
        return 0.0
    last = found[:, -1]
    # From the j-th neighbour to the 20th, ln r grows by (1/j + ... + 1/19) / D in the mean.
    growth = sum(float((1 / np.arange(j, NEIGHBOURS)).sum()) for j in range(NEIGHBOURS // 2, NEIGHBOURS))
    grown = float(np.log(last[:, None] / found[:, NEIGHBOURS // 2 - 1 : -1]).mean(axis=0).sum())
    if grown <= 0:
        return 0.0
    dimension, neighbours = growth / grown, NEIGHBOURS * n / len(compared)
    low, high = -700.0 / dimension, float(np.log(last.max()))
    low += float(np.log(last.min()))
    for _ in range(60):
        middle = (low + high) / 2
        chance = -np.expm1(-neighbours * np.exp(dimension * (middle - np.log(last)))).mean()
        low, high = (low, middle) if chance > BY_CHANCE else (middle, high)
    return float(np.exp(low))


def _directions(vectors: Floats, rows: Positions) -> Doubles:
    """Return the unit directions of largest spread, as columns; they only decide how much is looked at."""
    some = rows[np.linspace(0, len(rows) - 1, min(len(rows), MOST_COMPARED)).round().astype(np.int64)]
    sample = vectors[some].astype(np.float64)
    sample -= sample.mean(axis=0)
    _, basis = np.linalg.eigh(sample.T @ sample)
    return np.ascontiguousarray(basis[:, ::-1][:, :DIRECTIONS])


@kernel
def _project(vectors: Floats, directions: Doubles, projected: Doubles, start: int, stop: int) -> None:
    for i in range(start, stop):
        projected[i] = 0
        for t in range(vectors.shape[1]):
            for q in range(directions.shape[1]):
                projected[i, q] += vectors[i, t] * directions[t, q]


@kernel
def _apart(a: Doubles, b: Doubles) -> float:
    """Return the squared distance in the directions of largest spread."""
    total = 0.0
    for q in range(a.size):
        total += (a[q] - b[q]) * (a[q] - b[q])
    return total


@kernel
def _distance(vectors: Floats, i: int, j: int) -> np.float32:
    total = np.float32(0)
    for t in range(vectors.shape[1]):
        difference = vectors[i, t] - vectors[j, t]
        total += difference * difference
    return total


@kernel
def _look(
    vectors: Floats, rows: Positions, projected: Doubles, leaders: Positions, lines: Doubles, margin: float,
    limit: np.float32, stands: Positions, squared: Floats, start: int, stop: int,
) -> None:  # fmt: skip
    """Find for each row the nearest leader within the limit, the lowest position on ties."""
    for p in range(start, stop):
        line = projected[rows[p]]
        low, high = 0, len(lines)
        while low < high:
            middle = (low + high) // 2
            if lines[middle, 0] < line[0] - margin:
                low = middle + 1
            else:
                high = middle
        while low < len(lines) and lines[low, 0] <= line[0] + margin:
            if _apart(line, lines[low]) <= margin * margin:
                value = _distance(vectors, rows[p], leaders[low])
                if value <= limit and (
                    value < squared[p] or (value == squared[p] and leaders[low] < stands[p])
                ):
                    squared[p] = value
                    stands[p] = leaders[low]
            low += 1


@kernel
def _settle(
    vectors: Floats, rows: Positions, projected: Doubles, margin: float, limit: np.float32,
    stands: Positions, squared: Floats,
) -> None:  # fmt: skip
    """Go through a block in order: what falls to none of its own earlier leaders either stands for itself."""
    new = np.empty(rows.size, np.int64)
    count = 0
    for p in range(rows.size):
        line = projected[rows[p]]
        for q in range(count):
            if _apart(line, projected[new[q]]) <= margin * margin:
                value = _distance(vectors, rows[p], new[q])
                if value <= limit and value < squared[p]:
                    squared[p] = value
                    stands[p] = new[q]
        if stands[p] < 0:
            squared[p] = 0
            stands[p] = rows[p]
            new[count] = rows[p]
            count += 1
