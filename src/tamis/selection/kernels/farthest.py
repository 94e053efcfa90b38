"""Farthest-first selection, i.e. greedy k-center: the naive result at a few percent of the distances.

`bound[i]` is an upper bound of the squared distance from sample i to its nearest centre, `seen[i]` how many
centres it was compared with, `nearest[i]` the nearest of those. Each round:

1. Choose a threshold that few samples exceed; no other sample can be chosen until the radius is below it.
2. Catch those few up with the centres they missed, and stop as soon as they fall below the threshold.
   Samples are taken in groups with a common nearest centre a, which share the distances D(a, c): by the
   triangle inequality c is no nearer to x than a is when D(a, c) >= d(x, a) + sqrt(bound).
3. Run the naive greedy loop on those that are still above, dropping each that falls below. Repeat.

No pair is computed twice. Rounding: on integer coordinates all sums are exact, and the order is the naive
one. Elsewhere the compiler may add the d squares in another order in each loop, so two near-equal distances
may swap; a pick is then within 1e-6 (relative) of the farthest. Nothing depends on `n_samples` but the end,
and no value on the number of threads: that makes prefixes, and any number of threads, agree to the bit.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from tamis.selection.kernels.compiling import VALUES_A_CHUNK, Workers, kernel

Floats = NDArray[np.float32]
Integers = NDArray[np.int32]
Positions = NDArray[np.int64]
Checkpoint = Callable[[int, int], None]

SMALLEST_ACTIVE_SET = 4096
"""A set up to this size needs no threshold: the naive loop is good enough."""


@dataclass(frozen=True, slots=True)
class Found:
    """`order` and `radius` of the chosen rows; `bound` of all rows; `complete`: only duplicates are left.

    `pairs` counts the distances that were computed; the naive loop computes one per row and chosen row.
    """

    order: Positions
    radius: Floats
    bound: Floats
    complete: bool
    pairs: int

    def all_rows(self) -> tuple[Positions, Floats]:
        """Return every row and its distance: the chosen in order, then the rest by falling bound."""
        left = np.ones(len(self.bound), bool)
        left[self.order] = False
        tail = np.flatnonzero(left)
        tail = tail[np.argsort(-self.bound[tail], kind="stable")]
        return np.concatenate([self.order, tail]), np.concatenate([self.radius, self.bound[tail]])


def farthest_first(
    vectors: Floats,
    n_samples: int,
    *,
    kept: Floats,
    minimum_distance: float = 0.0,
    threads: int = 1,
    checkpoint: Checkpoint = lambda done, total: None,
) -> Found:
    """Choose up to `n_samples` rows, each the farthest from `kept` and from all chosen before.

    With nothing kept, the first is the row nearest to the mean. Distances are Euclidean, not squared.
    """
    with Workers(threads) as workers:
        run = _Run(vectors, n_samples, kept, workers, checkpoint)
        complete = run.until(minimum_distance)
    order, radius = run.order[: run.done], np.sqrt(run.squared[: run.done])
    if not len(kept) and run.done:
        radius[0] = np.sqrt(run.farthest)
    bound = np.sqrt(run.bound)
    if len(radius):
        np.minimum(bound, radius[-1], out=bound)
    return Found(order, radius, bound, complete, int(run.pairs))


def nearest_to_mean(vectors: Floats, checkpoint: Callable[[], None] = lambda: None) -> int:
    """Return the row nearest to the mean, the lowest on ties; exact for integer coordinates."""
    n, d = vectors.shape
    rows = max(1, 2_000_000 // d)
    total = np.zeros(d)
    for start in range(0, n, rows):
        checkpoint()
        total += vectors[start : start + rows].sum(axis=0, dtype=np.float64)
    best, best_row = np.inf, 0
    for start in range(0, n, rows):
        checkpoint()
        # (n x - sum)^2 instead of (x - mean)^2: no division, so that equal distances stay equal
        from_mean = vectors[start : start + rows].astype(np.float64) * n - total
        squared = np.einsum("ij,ij->i", from_mean, from_mean)
        row = int(squared.argmin())
        if squared[row] < best:
            best, best_row = float(squared[row]), start + row
    return best_row


class _Run:
    """The state of one run; `until` carries it to its end."""

    def __init__(
        self, vectors: Floats, n_samples: int, kept: Floats, workers: Workers, checkpoint: Checkpoint
    ) -> None:
        n, d = vectors.shape
        self.vectors, self.n_samples, self.workers, self.checkpoint = vectors, n_samples, workers, checkpoint
        self.chunk = max(1, VALUES_A_CHUNK // (d + 8))
        self.offset = len(kept)  # centre number = offset + number of the chosen row
        self.centres = np.empty((self.offset + n_samples, d), np.float32)
        self.centres[: self.offset] = kept
        self.order = np.empty(n_samples, np.int64)
        self.squared = np.zeros(n_samples, np.float32)
        self.done = 0
        self.pairs = 0
        self.bound = np.full(n, np.inf, np.float32)
        self.seen = np.zeros(n, np.int32)
        self.nearest = np.zeros(n, np.int32)
        if not self.offset:
            self.order[0] = nearest_to_mean(vectors, lambda: checkpoint(0, n_samples))
            self.centres[0] = vectors[self.order[0]]
            self.done = 1
        self._catch_up(np.arange(n), 1, np.float32(-1))
        self.farthest = self.bound.max()

    def until(self, minimum_distance: float) -> bool:
        """Choose until enough are chosen or all left are too near; True when only duplicates are left."""
        n = len(self.vectors)
        floor = np.float32(min(minimum_distance, 1e18) ** 2)
        floor = max(np.nextafter(floor, np.float32(0)), np.float32(0))  # chosen while bound > floor
        while self.done < self.n_samples:
            self.checkpoint(self.done, self.n_samples)
            centres = self.offset + self.done
            target = max(n // 16, 8 * self.done, SMALLEST_ACTIVE_SET)
            threshold = floor
            if n > target:
                threshold = max(floor, np.partition(self.bound, n - target)[n - target])
            active = np.flatnonzero(self.bound > threshold)
            if not active.size:
                if threshold <= floor:
                    break
                threshold = np.nextafter(threshold, np.float32(0))  # many ties at the maximum
                active = np.flatnonzero(self.bound > threshold)
            self._catch_up(active[np.argsort(self.nearest[active], kind="stable")], centres, threshold)
            self._choose(active[self.bound[active] > threshold], threshold)
        self.checkpoint(self.n_samples, self.n_samples)
        return self.done < self.n_samples and minimum_distance == 0

    def _catch_up(self, rows: Positions, centres: int, threshold: np.float32) -> None:
        """Compare rows, sorted by nearest centre, with the centres they missed."""
        work = np.cumsum(centres - self.seen[rows], dtype=np.int64)
        cuts = np.searchsorted(work, np.arange(self.chunk, work[-1], self.chunk)) + 1
        edges = np.unique(np.concatenate([[0], cuts, [len(rows)]])).tolist()
        if len(edges) <= self.workers.threads and work[-1] > 100_000:  # little work, but enough to share
            edges = np.linspace(0, len(rows), self.workers.threads + 1).astype(int).tolist()
        pairs = list(pairwise(edges))

        def part(start: int, stop: int) -> int:
            return _catch_up(
                self.vectors, rows[start:stop], self.bound, self.seen, self.nearest,
                self.centres, centres, threshold,
            )  # fmt: skip

        for first in range(0, len(pairs), self.workers.threads):
            self.checkpoint(self.done, self.n_samples)
            self.pairs += sum(self.workers.over(part, pairs[first : first + self.workers.threads]))

    def _choose(self, rows: Positions, threshold: np.float32) -> None:
        """Run the naive greedy loop on the rows above the threshold until none is left above it."""
        if not rows.size:
            return
        vectors, bound, nearest = self.vectors[rows], self.bound[rows], self.nearest[rows]
        best, size = int(bound.argmax()), len(rows)
        while self.done < self.n_samples and size:
            self.checkpoint(self.done, self.n_samples)
            self.done, size, best, left = self.workers.call(
                _choose, vectors, rows, bound, nearest, size, best, self.centres, self.offset,
                self.order, self.squared, self.done, threshold,
                self.bound, self.seen, self.nearest, self.chunk,
            )  # fmt: skip
            self.pairs += self.chunk - left
        above = rows[:size]
        self.bound[above], self.nearest[above] = bound[:size], nearest[:size]
        self.seen[above] = self.offset + self.done


@kernel
def _distance(a: Floats, i: int, b: Floats, j: int) -> np.float32:
    """Return the squared distance between row i of a and row j of b."""
    total = np.float32(0)
    for t in range(a.shape[1]):
        difference = a[i, t] - b[j, t]
        total += difference * difference
    return total


@kernel
def _catch_up(
    vectors: Floats,
    rows: Positions,
    bound: Floats,
    seen: Integers,
    nearest: Integers,
    centres: Floats,
    n_centres: int,
    threshold: np.float32,
) -> int:
    shared = np.empty(n_centres, np.float32)  # D(a, c) for the group's nearest centre a
    pairs = 0
    low = 0
    while low < rows.size:
        a = nearest[rows[low]]
        first = n_centres
        high = low
        while high < rows.size and nearest[rows[high]] == a:
            first = min(first, seen[rows[high]])
            high += 1
        prune = high - low >= 4 and n_centres - first >= 8
        if prune:
            pairs += n_centres - first
            for c in range(first, n_centres):
                shared[c] = np.sqrt(_distance(centres, a, centres, c))
        for p in range(low, high):
            i = rows[p]
            value = bound[i]
            to_a = np.sqrt(value)
            limit = np.float32(2.0002) * to_a  # 1e-4 of safety against rounding
            near = a
            c = seen[i]
            while c < n_centres:
                if prune and shared[c] >= limit:
                    c += 1
                    continue
                squared = _distance(vectors, i, centres, c)
                pairs += 1
                if squared < value:
                    value = squared
                    near = c
                    limit = np.float32(1.0001) * (to_a + np.sqrt(value))
                c += 1
                if value <= threshold:
                    break
            bound[i] = value
            seen[i] = c
            nearest[i] = near
        low = high
    return pairs


@kernel
def _choose(
    vectors: Floats, rows: Positions, bound: Floats, nearest: Integers, size: int, best: int,
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
            distance = _distance(vectors, p, centres, c)
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
                vectors[kept] = vectors[p]
                rows[kept] = rows[p]
            bound[kept] = value
            nearest[kept] = near
            kept += 1
        size = kept
        done += 1
    return done, size, best, budget
