"""Farthest-first selection, i.e. greedy k-center: the naive result at a few percent of the distances.

`bound[i]` is an upper bound of the squared distance from sample i to its nearest centre, `nearest[i]` a
centre at that distance, and `seen[i]` says that all centres before that number were compared with it, or
cannot be nearer. Each round:

1. Choose a threshold that few samples exceed; no other sample can be chosen until the radius is below it.
2. Catch those few up with the centres they missed, and stop as soon as they fall below the threshold.
   Samples are taken in groups with a common nearest centre a. What settled one sample of a group is tried
   first on the next. By the triangle inequality c is no nearer to x than a is when D(a, c) >= 2 d(x, a):
   each centre remembers those around it, so a group lists the few that it cannot rule out.
3. Run the naive greedy loop on those that are still above, dropping each that falls below. Repeat.

How many samples should exceed the threshold follows from the rounds before: more when a round chose too few
to pay for looking through all bounds, fewer when it compared more samples than that.

Rounding: on integer coordinates all sums are exact, and the order is the naive one. Elsewhere the compiler
may add the d squares in another order in each loop, so two near-equal distances may swap; a pick is then
within 1e-6 (relative) of the farthest. Nothing depends on `n_samples` but the end, and no value on the
number of threads: that makes prefixes, and any number of threads, agree to the bit.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tamis.compiling.lanes import LANES
from tamis.selection.kernels import farthest_catch_up, farthest_rounds
from tamis.selection.kernels.mean import nearest_to_mean
from tamis.selection.kernels.order import falling
from tamis.selection.kernels.workers import VALUES_A_CHUNK, Workers

Vectors = NDArray[np.float32] | NDArray[np.float16]
Floats = NDArray[np.float32]
Positions = NDArray[np.int64]
Checkpoint = Callable[[int, int], None]

CENTRES_REMEMBERED, NEAR_CENTRES = 32_768, 1024
"""So many centres remember so many others around them, in 8 bytes each; memory is taken as it is filled."""
SAMPLED = 4096
"""The threshold is a quantile of so many bounds, evenly spaced."""
FIRST_ACTIVE_SET, SMALLEST_ACTIVE_SET, LARGEST_ACTIVE_SET = 1024, 512, 16384
SHARED_FROM, SHARED_FROM_PAIRS = 2_000_000, 200_000
"""From so many values, or pairs, on it pays to share work between threads."""


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

    def all_rows(self, check: Callable[[], None] = lambda: None) -> tuple[Positions, Floats]:
        """Return every row and its distance: the chosen in order, then the rest by falling bound."""
        left = np.ones(len(self.bound), bool)
        left[self.order] = False
        tail = np.flatnonzero(left)
        tail = tail[falling(self.bound[tail], check)]
        return np.concatenate([self.order, tail]), np.concatenate([self.radius, self.bound[tail]])


def farthest_first(
    vectors: Vectors,
    n_samples: int,
    *,
    kept: Vectors,
    minimum_distance: float = 0.0,
    threads: int = 1,
    checkpoint: Checkpoint = lambda done, total: None,
    near_centres: int = NEAR_CENTRES,
) -> Found:
    """Choose up to `n_samples` rows, each the farthest from `kept` and from all chosen before.

    With nothing kept, the first is the row nearest to the mean. Distances are Euclidean, not squared.
    """
    with Workers(threads) as workers:
        run = _Run(vectors, n_samples, kept, workers, checkpoint, near_centres)
        complete = run.until(minimum_distance)
    order, radius = run.order[: run.done], np.sqrt(run.squared[: run.done])
    if not len(kept) and run.done:
        radius[0] = np.sqrt(run.farthest)
    bound = np.sqrt(run.bound)
    if len(radius):
        np.minimum(bound, radius[-1], out=bound)
    return Found(order, radius, bound, complete, int(run.pairs))


class _Run:
    """The state of one run; `until` carries it to its end."""

    def __init__(
        self,
        vectors: Vectors,
        n_samples: int,
        kept: Vectors,
        workers: Workers,
        checkpoint: Checkpoint,
        near_centres: int,
    ) -> None:
        n, d = vectors.shape
        self.vectors: NDArray[Any] = vectors.view(np.uint16 if vectors.dtype == np.float16 else np.float32)
        self.vectors.flags.writeable = False  # as is what is mapped from a file: one type, compiled once
        self.n_samples, self.workers, self.checkpoint = n_samples, workers, checkpoint
        self.chunk = max(1, VALUES_A_CHUNK // (d + 8))
        self.offset = len(kept)  # centre number = offset + number of the chosen row
        most = self.offset + n_samples
        self.centres = np.zeros((most, -(-d // LANES) * LANES), np.float32)
        self.centres[: self.offset, :d] = kept
        self.tiles = np.full((-(-most // LANES), self.centres.shape[1], LANES), np.inf, np.float32)
        self.laid = 0
        self.sizes, self.known = np.zeros((2, min(most, CENTRES_REMEMBERED)), np.int32)
        self.near = np.empty((len(self.known), near_centres), np.int32)
        self.between = np.empty(self.near.shape, np.float32)
        self.order = np.empty(n_samples, np.int64)
        self.squared = np.zeros(n_samples, np.float32)
        self.done = 0
        self.pairs = n
        self.seen = np.ones(n, np.int32)
        self.nearest = np.zeros(n, np.int32)
        self.bound = np.empty(n, np.float32)
        if not self.offset:
            self.order[0] = nearest_to_mean(self.vectors, workers, lambda: checkpoint(0, n_samples))
            self.centres[0, :d] = vectors[self.order[0]]
            self.done = 1
        self._over_all(
            lambda start, stop: farthest_catch_up.first_distances(
                self.vectors, self.centres, self.bound, start, stop
            ),
            d,
        )
        self.farthest = self.bound.max()
        self.active = np.empty(n, np.int32)
        self.values, self.ends = np.empty(n, np.float32), np.empty(n, np.int32)
        self.rows, self.borders = np.empty(n, np.int32), np.empty(n + 1, np.int32)
        self.firsts, self.widest = np.empty(n, np.int32), np.empty(n, np.float32)
        self.work = np.empty(n, np.int64)
        self.counts = np.zeros(most, np.int32)
        self.room = np.zeros((0, self.centres.shape[1]), np.float32)

    def until(self, minimum_distance: float) -> bool:
        """Choose until enough are chosen or all left are too near; True when only duplicates are left."""
        n = len(self.bound)
        floor = np.float32(min(minimum_distance, 1e18) ** 2)
        floor = max(np.nextafter(floor, np.float32(0)), np.float32(0))  # chosen while bound > floor
        some = self.bound[:: max(1, n // SAMPLED)]  # a view: it follows the bounds
        size = FIRST_ACTIVE_SET
        while self.done < self.n_samples:
            self.checkpoint(self.done, self.n_samples)
            threshold = floor
            if n > size:
                place = len(some) - max(1, size * len(some) // n)
                threshold = max(floor, np.partition(some, place)[place])
            active = self._above(threshold)
            if not active.size:
                if threshold <= floor:
                    break
                threshold = np.nextafter(threshold, np.float32(0))  # many ties at the maximum
                active = self._above(threshold)
            self._catch_up(active, threshold)
            compared = self._choose(active, threshold)
            if compared < n // 32:
                size = min(2 * size, max(n // 16, LARGEST_ACTIVE_SET))
            elif compared > n // 8:
                size = max(size // 2, SMALLEST_ACTIVE_SET)
        self.checkpoint(self.n_samples, self.n_samples)
        return self.done < self.n_samples and minimum_distance == 0

    def _over_all(self, part: Callable[[int, int], Any], values: int) -> list[Any]:
        """Call part(start, stop) over all samples, on all threads where it pays."""
        n = len(self.bound)
        parts = max(1, -(-n * values // VALUES_A_CHUNK))
        if n * values >= SHARED_FROM:
            parts = -(-parts // self.workers.threads) * self.workers.threads
        borders = list(pairwise(n * number // parts for number in range(parts + 1)))
        found, together = [], 4 * self.workers.threads
        for first in range(0, parts, together):
            self.checkpoint(self.done, self.n_samples)
            found += self.workers.over(part, borders[first : first + together])
        return found

    def _above(self, threshold: np.float32) -> NDArray[np.int32]:
        """Return the samples whose bound is above the threshold, ascending."""
        found: list[tuple[int, int]] = self._over_all(
            lambda start, stop: (
                start,
                farthest_rounds.above(self.bound, threshold, self.active, start, stop),
            ),
            16,
        )
        if len(found) == 1:
            return self.active[: found[0][1]]
        return np.concatenate([self.active[start : start + size] for start, size in found])

    def _catch_up(self, active: NDArray[np.int32], threshold: np.float32) -> None:
        """Compare the samples with the centres they missed."""
        centres = self.offset + self.done
        farthest_catch_up.lay_tiles(self.centres, self.tiles, self.laid, centres)
        self.laid = centres
        parts, farthest = farthest_rounds.grouped(
            active, self.bound, self.seen, self.nearest, centres, self.known,
            self.counts, self.rows, self.values, self.ends, self.borders, self.firsts, self.widest, self.work,
        )  # fmt: skip
        if not parts:
            return
        groups = self.rows, self.borders[: parts + 1], self.firsts[:parts], self.widest[:parts]
        lists = self.near, self.between, self.sizes

        def remember(start: int, stop: int) -> int:
            return farthest_catch_up.remember(
                *groups, start, stop, self.nearest, self.centres, self.tiles, centres, farthest,
                *lists, self.known,
            )  # fmt: skip

        def catch_up(start: int, stop: int) -> int:
            return farthest_catch_up.catch_up(
                self.vectors, *groups, start, stop, self.values, self.ends,
                self.bound, self.seen, self.nearest, self.centres, self.tiles, centres, *lists, threshold,
            )  # fmt: skip

        if self.firsts[:parts].max() >= 0:
            self._over_parts(remember, np.full(parts, centres))
        self._over_parts(catch_up, self.work[:parts])

    def _over_parts(self, part: Callable[[int, int], int], work: Positions) -> None:
        """Call part(start, stop) over all parts, on all threads where it pays; `work` bounds the pairs.

        Most pairs are pruned in the end: while calls return early, more of them are made between two reports.
        """
        done, threads = np.cumsum(work), self.workers.threads
        total, step = int(done[-1]), self.chunk
        if threads > 1 and total >= SHARED_FROM_PAIRS:
            step = min(step, total // (4 * threads) + 1)
        cuts = np.searchsorted(done, np.arange(step, total, step)) + 1
        borders = list(pairwise(sorted({0, *cuts.tolist(), len(work)})))
        first, together = 0, 4 * threads
        while first < len(borders):
            self.checkpoint(self.done, self.n_samples)
            pairs = sum(self.workers.over(part, borders[first : first + together]))
            first += together
            self.pairs += pairs
            if pairs < self.chunk // 8:
                together = min(2 * together, 64 * threads)

    def _choose(self, active: NDArray[np.int32], threshold: np.float32) -> int:
        """Run the naive loop on the samples above the threshold; return how many pairs that took."""
        most = int(np.count_nonzero(self.bound[active] > threshold))
        if most > len(self.room):
            self.room = np.zeros((2 * most, self.centres.shape[1]), np.float32)
        vectors, bound = self.room, np.empty(most, np.float32)
        rows, nearest = np.empty(most, np.int32), np.empty(most, np.int32)
        size = self.workers.call(
            farthest_catch_up.gather, self.vectors, active, self.bound, self.nearest, threshold,
            vectors, rows, bound, nearest,
        )  # fmt: skip
        best, compared = int(bound.argmax()) if size else 0, 0
        while self.done < self.n_samples and size:
            self.checkpoint(self.done, self.n_samples)
            self.done, size, best, left = self.workers.call(
                farthest_rounds.choose, vectors, rows, bound, nearest, size, best, self.centres, self.offset,
                self.order, self.squared, self.done, threshold,
                self.bound, self.seen, self.nearest, self.chunk,
            )  # fmt: skip
            compared += self.chunk - left
        above = rows[:size]
        self.bound[above], self.nearest[above] = bound[:size], nearest[:size]
        self.seen[above] = self.offset + self.done
        self.pairs += compared
        return compared
