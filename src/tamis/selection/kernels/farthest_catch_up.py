"""Catching up, the first compiled half of a round of `farthest`: compare samples with centres they missed.

Centres are held twice: as rows, and as tiles of shape (d, LANES), in which one sample is compared with LANES
centres at once. d is padded with zeros to a multiple of LANES. Lanes without a centre are infinite: never the
nearest. Samples are copied to a buffer before they are compared, so that float16
needs no copy of the pool, and that rows all over the memory are fetched at the same time.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tamis.compiling.kernel import exact_kernel
from tamis.compiling.lanes import LANES, prefetch, row_distance, tile_distances

Floats = NDArray[np.float32]
Integers = NDArray[np.int32]

PART = 256
"""At most so many samples are buffered; `farthest_rounds.PART` is no larger."""
_AHEAD = 16


@exact_kernel
def _fetch(vectors: NDArray[Any], rows: Integers, out: Floats) -> None:
    """Copy rows to the first of `out`; those of float16 come as bits. A call for each would take longer."""
    last = rows.size - 1
    if vectors.itemsize == 2:
        bits = out.view(np.uint32)
        for p in range(rows.size):
            prefetch(vectors, rows[min(p + _AHEAD, last)])
            i = rows[p]
            for t in range(vectors.shape[1]):
                half = np.uint32(vectors[i, t])
                bits[p, t] = (half & np.uint32(0x7FFF)) << np.uint32(13)
            for t in range(vectors.shape[1]):
                sign = np.float32(1 - 2 * np.int32(np.uint32(vectors[i, t]) >> np.uint32(15)))
                out[p, t] *= sign * np.float32(2.0**112)  # the exponents differ by 112
    else:
        for p in range(rows.size):
            prefetch(vectors, rows[min(p + _AHEAD, last)])
            i = rows[p]
            for t in range(vectors.shape[1]):
                out[p, t] = vectors[i, t]


@exact_kernel
def first_distances(vectors: NDArray[Any], centres: Floats, bound: Floats, start: int, stop: int) -> None:
    """Set the bounds to the squared distances to centre 0."""
    x = np.zeros((PART, centres.shape[1]), np.float32)
    for low in range(start, stop, PART):
        rows = np.arange(low, min(low + PART, stop)).astype(np.int32)
        _fetch(vectors, rows, x)
        for p in range(rows.size):
            bound[low + p] = row_distance(x, p, centres, 0)


@exact_kernel
def lay_tiles(centres: Floats, tiles: Floats, start: int, stop: int) -> None:
    """Copy new centres into the tiles."""
    for c in range(start, stop):
        for t in range(centres.shape[1]):
            tiles[c // LANES, t, c % LANES] = centres[c, t]


@exact_kernel
def remember(
    rows: Integers, borders: Integers, firsts: Integers, widest: Floats, start: int, stop: int,
    nearest: Integers, centres: Floats, tiles: Floats, n_centres: int, farthest: np.float32,
    near: Integers, between: Floats, sizes: Integers, known: Integers,
) -> int:  # fmt: skip
    """Complete the lists near[a] of the centres around the nearest centre a of each group; return the pairs.

    No bound is more than `farthest`, nor will one be. So centres at 2 sqrt(farthest) from a are left out for
    good. Where a group cannot rule out most centres, nothing can be pruned yet: `firsts` is set to -1.
    """
    row = np.empty(LANES, np.float32)
    reach = np.float32(4.0008) * farthest  # 1e-4 of safety against rounding
    pairs = 0
    for part in range(start, stop):
        a = nearest[rows[borders[part]]]
        if firsts[part] < 0 or (part > 0 and nearest[rows[borders[part - 1]]] == a):
            continue
        prunes = True
        if n_centres - known[a] > 4 * LANES:
            tile_distances(centres, a, tiles, n_centres // LANES - 1, row)
            pairs += LANES
            prunes = bool(np.count_nonzero(row < np.float32(4.0008) * widest[part]) <= LANES // 2)
        if prunes:
            pairs += _complete(a, centres, tiles, n_centres, reach, near, between, sizes, known, row)
            prunes = known[a] >= 0
        if not prunes:
            other = part
            while other < firsts.size and firsts[other] >= 0 and nearest[rows[borders[other]]] == a:
                firsts[other] = -1
                other += 1
    return pairs


@exact_kernel
def _complete(
    a: int, centres: Floats, tiles: Floats, n_centres: int, reach: np.float32,
    near: Integers, between: Floats, sizes: Integers, known: Integers, row: Floats,
) -> int:  # fmt: skip
    """Complete one list; where it is too short for all, give up on it: known[a] is -1."""
    size = pairs = 0
    limit = np.sqrt(reach)
    for q in range(sizes[a]):
        if between[a, q] < limit:
            near[a, size], between[a, size] = near[a, q], between[a, q]
            size += 1
    first = known[a]
    known[a] = n_centres
    for tile in range(first // LANES, -(-n_centres // LANES)):
        least = tile_distances(centres, a, tiles, tile, row)
        pairs += LANES
        for lane in range(LANES if least < reach else 0):
            c = tile * LANES + lane
            if row[lane] < reach and first <= c < n_centres and c != a:
                if size == near.shape[1]:
                    known[a] = -1
                    return pairs
                near[a, size], between[a, size] = c, np.sqrt(row[lane])
                size += 1
    sizes[a] = size
    return pairs


@exact_kernel
def _candidates(
    a: int, first: int, widest: np.float32, near: Integers, between: Floats, sizes: Integers,
    listed: Integers, at: Floats,
) -> int:  # fmt: skip
    """List the centres that may be nearer than a to some sample whose squared distance to a is `widest`."""
    limit = np.sqrt(np.float32(4.0008) * widest)
    size = 0
    for q in range(sizes[a]):
        listed[size], at[size] = near[a, q], between[a, q]
        size += int(between[a, q] < limit and near[a, q] >= first)
    return size


@exact_kernel
def _lane(row: Floats, least: np.float32) -> int:
    """Return the first lane of a tile that has this distance."""
    lane = 0
    while row[lane] != least:
        lane += 1
    return lane


@exact_kernel
def _scan_listed(
    x: Floats, p: int, seen: int, value: np.float32, near: int, to_a: np.float32, threshold: np.float32,
    centres: Floats, n_centres: int, listed: Integers, at: Floats, size: int,
) -> tuple[np.float32, int, int, int]:  # fmt: skip
    """Compare a sample with the listed centres that the triangle inequality does not rule out."""
    pairs = 0
    q, high = 0, size
    while q < high:  # to the first that was missed
        middle = (q + high) // 2
        if listed[middle] < seen:
            q = middle + 1
        else:
            high = middle
    limit = np.float32(1.0001) * (to_a + np.sqrt(value))
    while q < size:
        if at[q] < limit:
            squared = row_distance(x, p, centres, listed[q])
            pairs += 1
            if squared < value:
                value = squared
                near = listed[q]
                limit = np.float32(1.0001) * (to_a + np.sqrt(value))
                if value <= threshold:
                    return value, near, listed[q] + 1, pairs
        q += 1
    return value, near, n_centres, pairs


@exact_kernel
def _scan_tiles(
    x: Floats, p: int, seen: int, value: np.float32, near: int, threshold: np.float32,
    tiles: Floats, n_centres: int, row: Floats,
) -> tuple[np.float32, int, int, int]:  # fmt: skip
    """Compare a sample with all centres that it missed, a tile at a time."""
    pairs = 0
    for tile in range(seen // LANES, -(-n_centres // LANES)):
        least = tile_distances(x, p, tiles, tile, row)
        pairs += LANES
        if least < value:
            value = least
            near = tile * LANES + _lane(row, least)
            if value <= threshold:
                return value, near, min(n_centres, (tile + 1) * LANES), pairs
    return value, near, n_centres, pairs


@exact_kernel
def catch_up(
    vectors: NDArray[Any],
    rows: Integers, borders: Integers, firsts: Integers, widest: Floats, start: int, stop: int,
    values: Floats, ends: Integers, bound: Floats, seen: Integers, nearest: Integers,
    centres: Floats, tiles: Floats, n_centres: int, near_centres: Integers, between: Floats,
    sizes: Integers, threshold: np.float32,
) -> int:  # fmt: skip
    """Bring the samples of some parts up to date, or below the threshold; return how many pairs it took."""
    x, row = np.zeros((PART, centres.shape[1]), np.float32), np.empty(LANES, np.float32)
    listed = np.empty(near_centres.shape[1] + 1, np.int32)
    at = np.empty(listed.size, np.float32)
    recent, lane_of = np.empty((1, centres.shape[1], LANES), np.float32), np.empty(LANES, np.int32)
    pairs = 0
    for part in range(start, stop):
        some = rows[borders[part] : borders[part + 1]]
        a = int(nearest[some[0]])
        _fetch(vectors, some, x)
        size = -1
        if firsts[part] >= 0:
            size = _candidates(a, firsts[part], widest[part], near_centres, between, sizes, listed, at)
        recent[:] = np.inf
        settled = tried = hit = 0
        for p in range(some.size):
            before = values[borders[part] + p]
            value, near, end = before, a, int(ends[borders[part] + p])
            missed = n_centres - end
            if settled > 0 and (missed if size < 0 else size) > LANES // 2 and tried < 16 + 2 * hit:
                least = tile_distances(x, p, recent, 0, row)
                pairs += LANES
                tried += 1
                if least < value:
                    value, near = least, lane_of[_lane(row, least)]
                    hit += int(value <= threshold)
            if value > threshold:
                if size >= 0 and 2 * size < missed:
                    value, near, end, more = _scan_listed(
                        x, p, end, value, near, np.sqrt(before), threshold,
                        centres, n_centres, listed, at, size,
                    )  # fmt: skip
                else:
                    found = _scan_tiles(x, p, end, value, near, threshold, tiles, n_centres, row)
                    value, near, end, more = found
                pairs += more
                if value <= threshold:  # what settled this one may settle the next
                    for t in range(centres.shape[1]):
                        recent[0, t, settled % LANES] = centres[near, t]
                    lane_of[settled % LANES] = near
                    settled += 1
            i = some[p]
            bound[i], nearest[i], seen[i] = value, near, end
    return pairs


@exact_kernel
def gather(
    vectors: NDArray[Any], active: Integers, all_bound: Floats, all_nearest: Integers, threshold: np.float32,
    out: Floats, rows: Integers, bound: Floats, nearest: Integers,
) -> int:  # fmt: skip
    """Copy the samples that are still above the threshold, and return how many they are."""
    size = 0
    for p in range(active.size):
        i = active[p]
        if all_bound[i] > threshold:
            rows[size], bound[size], nearest[size] = i, all_bound[i], all_nearest[i]
            size += 1
    _fetch(vectors, rows[:size], out)
    return size
