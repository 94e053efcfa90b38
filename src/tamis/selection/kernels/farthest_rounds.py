"""The rest of a round of `farthest`: who is above the threshold, in which groups, and choosing."""

import numpy as np
from numpy.typing import NDArray

from tamis.compiling.kernel import exact_kernel
from tamis.compiling.lanes import row_distance

Floats = NDArray[np.float32]
Integers = NDArray[np.int32]
Positions = NDArray[np.int64]

PART = 256
"""At most so many samples of one group are caught up together, whoever does it."""
COPYING = 64
"""To fetch a sample costs as much as so many distances."""


@exact_kernel
def above(bound: Floats, threshold: np.float32, out: Integers, start: int, stop: int) -> int:
    """Write the samples above the threshold to out[start:], ascending, and return how many they are."""
    size = start
    for i in range(start, stop):
        out[size] = i
        size += bound[i] > threshold
    return size - start


@exact_kernel
def grouped(
    active: Integers, bound: Floats, seen: Integers, nearest: Integers, n_centres: int, known: Integers,
    counts: Integers, rows: Integers, values: Floats, ends: Integers,
    borders: Integers, firsts: Integers, widest: Floats, work: Positions,
) -> tuple[int, np.float32]:  # fmt: skip
    """Sort samples by nearest centre and cut each group into parts; return how many, and the largest bound.

    `values` and `ends` receive the bounds and what was seen, in the order of `rows`. `firsts` receives the
    first centre that any of the group missed, or -1 where it does not pay to bring the list of centres around
    a from known[a] up to date; `widest` the largest bound of the group; `work` how many centres a part
    missed. Samples that missed none are left out.
    """
    farthest = np.float32(0)
    for p in range(active.size):
        i = active[p]
        farthest = max(farthest, bound[i])
        if seen[i] < n_centres:
            counts[nearest[i]] += 1
    total = 0
    for c in range(n_centres):
        size = counts[c]
        counts[c] = total
        total += size
    for p in range(active.size):
        i = active[p]
        if seen[i] < n_centres:
            place = counts[nearest[i]]
            rows[place], values[place], ends[place] = i, bound[i], seen[i]
            counts[nearest[i]] += 1
    parts = low = 0
    for a in range(n_centres):
        high = counts[a]
        counts[a] = 0
        first, missed, largest, begun = n_centres, 0, np.float32(0), parts
        for place in range(low, high):
            if (place - low) % PART == 0:
                borders[parts] = place
                work[parts] = 0
                parts += 1
            first = min(first, ends[place])
            largest = max(largest, values[place])
            missed += n_centres - ends[place]
            work[parts - 1] += COPYING + n_centres - ends[place]
        pays = a < known.size and known[a] >= 0 and 2 * (n_centres - known[a]) <= missed
        for part in range(begun, parts):
            firsts[part] = first if pays else -1
            widest[part] = largest
        low = high
    borders[parts] = total
    return parts, farthest


@exact_kernel
def choose(
    vectors: Floats, rows: Integers, bound: Floats, nearest: Integers, size: int, best: int,
    centres: Floats, offset: int, order: Positions, squared: Floats, done: int, threshold: np.float32,
    all_bound: Floats, all_seen: Integers, all_nearest: Integers, budget: int,
) -> tuple[int, int, int, int]:  # fmt: skip
    """Choose rows until the budget of pairs is spent; the arrays shrink as rows fall below the threshold."""
    while done < order.size and size > 0 and budget > 0:
        c = offset + done
        order[done] = rows[best]
        squared[done] = bound[best]
        centres[c] = vectors[best]
        budget -= size
        kept = 0
        best = 0
        farthest = np.float32(-1)
        for p in range(size):
            value = bound[p]
            distance = row_distance(vectors, p, centres, c)
            near = nearest[p]
            if distance < value:
                value = distance
                near = c
            if value <= threshold:  # settled for this round
                i = rows[p]
                all_bound[i] = value
                all_nearest[i] = near
                all_seen[i] = c + 1
                continue
            if value > farthest:
                farthest = value
                best = kept
            if kept != p:
                for t in range(vectors.shape[1]):  # a slice takes four times as long
                    vectors[kept, t] = vectors[p, t]
                rows[kept] = rows[p]
            bound[kept] = value
            nearest[kept] = near
            kept += 1
        size = kept
        done += 1
    return done, size, best, budget
