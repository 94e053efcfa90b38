"""Distances of many samples to a few thousand references: the nearest one, the k nearest, those within reach.

The references are held transposed, (d, m), so that one pass over a sample serves all of them in vector
lanes. Each sample is worked on by itself, so no value depends on the number of threads.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from tamis.compiling.kernel import kernel
from tamis.selection.kernels.workers import VALUES_A_CHUNK, Workers

Floats = NDArray[np.float32]
Integers = NDArray[np.int32]
Positions = NDArray[np.int64]
Check = Callable[[], None]

NEIGHBOURS = 20
"""How many neighbours tell how dense the surroundings of a sample are."""
MOST_COMPARED = 2000
"""They are sought among so many samples of the pool, evenly spaced by position."""
MOST_MEASURED = 2000
"""So many landmarks, evenly spaced, tell the usual distance to the 20th neighbour."""
ROWS_A_BLOCK = 65_536
"""So many rows at a time are gathered, and made float32 where they are float16."""


def transposed(references: Floats) -> Floats:
    """Return the references as the kernels want them."""
    return np.ascontiguousarray(references.T)


def nearest_reference(
    vectors: Floats, flat: Floats, workers: Workers, check: Check
) -> tuple[Integers, Floats]:
    """Return per row the number of its nearest reference, the lowest on ties, and the squared distance."""
    nearest, squared = np.zeros(len(vectors), np.int32), np.zeros(len(vectors), np.float32)
    in_parts(
        lambda start, stop: _nearest(vectors, flat, nearest, squared, start, stop),
        len(vectors),
        flat.size,
        workers,
        check,
    )
    return nearest, squared


def neighbour_distances(
    vectors: Floats, flat: Floats, own: Positions, neighbours: int, workers: Workers, check: Check
) -> Floats:
    """Return per row the distances to its nearest references, ascending, (n, neighbours)."""
    return np.sqrt(nearest_neighbours(vectors, flat, own, neighbours, workers, check)[1])


def nearest_neighbours(
    vectors: Floats, flat: Floats, own: Positions, neighbours: int, workers: Workers, check: Check
) -> tuple[Integers, Floats]:
    """Return per row its nearest references and the squared distances, ascending, (n, neighbours) each.

    Ties go to the lowest reference. `own[i]` is the one that is row i itself, and does not count, or -1.
    """
    near = np.zeros((len(vectors), neighbours), np.int32)
    squared = np.full((len(vectors), neighbours), np.inf, np.float32)
    in_parts(
        lambda start, stop: _neighbours(vectors, flat, own, near, squared, start, stop),
        len(vectors),
        flat.size,
        workers,
        check,
    )
    return near, squared


def distance_to_neighbour(
    vectors: NDArray[np.float32] | NDArray[np.float16],
    rows: Positions,
    pool: Positions,
    workers: Workers,
    check: Check,
) -> Floats:
    """Return the distance of each of `rows` to its 20th neighbour in the pool, or its last in a smaller one.

    `vectors` is (n, d); `rows` and `pool` are ascending positions. 0 where the pool has no neighbour at all.
    """
    compared = pool[np.linspace(0, len(pool) - 1, min(len(pool), MOST_COMPARED)).round().astype(np.int64)]
    neighbours = min(NEIGHBOURS, len(compared) - 1)
    distance = np.zeros(len(rows), np.float32)
    if neighbours < 1:
        return distance
    flat = transposed(vectors[compared].astype(np.float32, copy=False))
    for start in range(0, len(rows), ROWS_A_BLOCK):
        some = rows[start : start + ROWS_A_BLOCK]
        own = np.searchsorted(compared, some).clip(max=len(compared) - 1)
        own[compared[own] != some] = -1
        block = vectors[some].astype(np.float32, copy=False)
        found = neighbour_distances(block, flat, own, neighbours, workers, check)
        distance[start : start + ROWS_A_BLOCK] = found[:, -1]
    return distance


def usual_distance(landmarks: Floats, workers: Workers, check: Check) -> float:
    """Return the median distance of a landmark to its 20th neighbour among them; 1 if all are equal."""
    m = len(landmarks)
    if m < 2:
        return 1.0
    some = np.linspace(0, m - 1, min(m, MOST_MEASURED)).round().astype(np.int64)
    neighbours = min(NEIGHBOURS, m - 1)
    found = neighbour_distances(landmarks[some], transposed(landmarks), some, neighbours, workers, check)
    last = found[:, -1]
    if not last.any():
        return 1.0
    median = float(np.median(last))
    return median if median > 0 else float(np.median(last[last > 0]))  # mostly duplicates: the others


def count_within(
    vectors: Floats, flat: Floats, squared: float, counts: Integers, workers: Workers, check: Check
) -> None:
    """Add to each row's count the number of references within reach."""
    limit = np.float32(squared)
    in_parts(
        lambda start, stop: _count(vectors, flat, limit, counts, start, stop),
        len(vectors),
        flat.size,
        workers,
        check,
    )


def squared_distances(vector: Floats, flat: Floats) -> Floats:
    """Return the squared distances of one sample to all references."""
    row = np.empty(flat.shape[1], np.float32)
    _squared(vector, flat, row)
    return row


def in_parts(
    work: Callable[[int, int], object], n: int, values_a_row: int, workers: Workers, check: Check
) -> None:
    """Call work(start, stop) over all rows, on all threads, asking `check` several times a second."""
    step = max(1, VALUES_A_CHUNK // max(1, values_a_row))
    if n <= step * workers.threads and n * values_a_row > 1_000_000:  # little work, but enough to share
        step = -(-n // workers.threads)
    borders = [(start, min(n, start + step)) for start in range(0, n, step)]
    for first in range(0, len(borders), workers.threads):
        check()
        workers.over(work, borders[first : first + workers.threads])


@kernel
def _squared(x: Floats, flat: Floats, row: Floats) -> None:
    d, whole = flat.shape[0], flat.shape[0] // 4 * 4
    row[:] = 0
    for t in range(0, whole, 4):  # four at a time: a quarter of the traffic
        flat_0, flat_1, flat_2, flat_3 = flat[t], flat[t + 1], flat[t + 2], flat[t + 3]
        x_0, x_1, x_2, x_3 = x[t], x[t + 1], x[t + 2], x[t + 3]
        for j in range(row.size):
            a, b, c, e = x_0 - flat_0[j], x_1 - flat_1[j], x_2 - flat_2[j], x_3 - flat_3[j]
            row[j] += (a * a + b * b) + (c * c + e * e)
    for t in range(whole, d):
        flat_0, x_0 = flat[t], x[t]
        for j in range(row.size):
            a = x_0 - flat_0[j]
            row[j] += a * a


@kernel
def _nearest(
    vectors: Floats, flat: Floats, nearest: Integers, squared: Floats, start: int, stop: int
) -> None:
    row = np.empty(flat.shape[1], np.float32)
    for i in range(start, stop):
        _squared(vectors[i], flat, row)
        best = row[0]
        for j in range(1, row.size):
            best = min(best, row[j])
        for j in range(row.size):
            if row[j] == best:
                nearest[i] = j
                break
        squared[i] = best


@kernel
def _neighbours(
    vectors: Floats, flat: Floats, own: Positions, near: Integers, squared: Floats, start: int, stop: int
) -> None:
    row = np.empty(flat.shape[1], np.float32)
    last = squared.shape[1] - 1
    for i in range(start, stop):
        _squared(vectors[i], flat, row)
        if own[i] >= 0:
            row[own[i]] = np.inf
        places, found = near[i], squared[i]
        for j in range(row.size):
            if row[j] < found[last]:
                place = last
                while place > 0 and found[place - 1] > row[j]:
                    places[place], found[place] = places[place - 1], found[place - 1]
                    place -= 1
                places[place], found[place] = j, row[j]


@kernel
def _count(vectors: Floats, flat: Floats, limit: np.float32, counts: Integers, start: int, stop: int) -> None:
    row = np.empty(flat.shape[1], np.float32)
    for i in range(start, stop):
        _squared(vectors[i], flat, row)
        total = np.int32(0)
        for j in range(row.size):
            total += np.int32(row[j] <= limit)
        counts[i] += total
