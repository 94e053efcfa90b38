"""Facility location on a Gaussian kernel, by lazy greedy with exact gains.

The pool is stood for by m landmarks. `cover[l]` is the similarity of landmark l to its most similar kept
sample; the gain of a sample x is sum over l of max(0, k(x, l) - cover[l]). As `cover` only rises, a gain
once computed is an upper bound from then on: a sample is chosen when its gain is fresh and no other bound
is above it. That is the naive greedy result. Memory: n bounds, and similarity rows up to a fixed size.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tamis.compiling.kernel import kernel
from tamis.selection.kernels.neighbours import in_parts, usual_distance
from tamis.selection.kernels.workers import VALUES_A_CHUNK, Workers

Floats = NDArray[np.float32]
Integers = NDArray[np.int32]
Positions = NDArray[np.int64]
Checkpoint = Callable[[int, int], None]

ROW_BYTES = 256 << 20
"""Similarity rows that are remembered between looks at the same sample."""
ROWS_AT_ONCE = 16
"""Samples that share one reading of the landmarks."""
STALE_SHARE = 32
"""After looks at one in so many samples without a choice, the search goes on in parallel."""
SMALLEST_PATIENCE = 2048
WIDTH = 2
"""The width of the kernel in usual distances to the 20th neighbour."""


@dataclass(frozen=True, slots=True)
class Found:
    """`order` and `gain` of the chosen rows; `left`: the gain that each row would add now."""

    order: Positions
    gain: Floats
    left: Floats


def herd(
    vectors: Floats,
    landmarks: Floats,
    n_samples: int,
    *,
    kept: Floats,
    threads: int = 1,
    checkpoint: Checkpoint = lambda done, total: None,
) -> Found:
    """Choose up to `n_samples` rows by gain, ties to the lowest row; stop when nothing is left to gain."""
    with Workers(threads) as workers:
        checkpoint(0, n_samples)
        run = _Run(vectors, landmarks, n_samples, workers, checkpoint)
        run.keep(kept)
        everything = np.arange(len(vectors))
        run.look_at(everything)
        run.choose()
        chosen = run.order[: run.done]
        run.look_at(everything)
        run.bound[chosen] = 0
    gain = run.gain[: run.done]
    left = run.bound if not run.done else np.minimum(run.bound, gain[-1])
    return Found(chosen, gain, left)


class _Run:
    """The state of one run."""

    def __init__(
        self, vectors: Floats, landmarks: Floats, n_samples: int, workers: Workers, checkpoint: Checkpoint
    ) -> None:
        n, m = len(vectors), len(landmarks)
        self.vectors, self.n_samples, self.workers, self.checkpoint = vectors, n_samples, workers, checkpoint
        self.done = 0
        self.values_a_row = landmarks.size + 8 * m
        self.chunk = max(1, VALUES_A_CHUNK // self.values_a_row)
        self.flat = np.ascontiguousarray(landmarks.T)  # (d, m): one pass over a row serves all landmarks
        width = WIDTH * usual_distance(landmarks, workers, self.check)
        self.scale = np.float32(1 / (2 * width * width * np.log(2)))  # k = 2 ** (-scale * squared distance)
        self.cover = np.zeros(m, np.float32)
        self.bound = np.full(n, np.inf, np.float32)
        self.fresh = np.full(n, -1, np.int32)  # how many were chosen when the bound was computed
        self.order = np.empty(n_samples, np.int64)
        self.gain = np.zeros(n_samples, np.float32)

    def check(self) -> None:
        """Report how far the run is, and stop here when asked to."""
        self.checkpoint(self.done, self.n_samples)

    def keep(self, kept: Floats) -> None:
        """Let samples that are kept from the start cover their surroundings."""
        for start in range(0, len(kept), self.chunk):
            self.checkpoint(0, self.n_samples)
            part = kept[start : start + self.chunk]
            self.workers.call(_cover, part, self.flat, self.scale, self.cover)

    def look_at(self, rows: Positions) -> None:
        """Compute the gains of these rows afresh, on all threads."""

        def part(start: int, stop: int) -> None:
            some = rows[start:stop]
            gains = self.bound[some]
            _gains(self.vectors[some], self.flat, self.scale, self.cover, gains)
            self.bound[some], self.fresh[some] = gains, self.done

        in_parts(part, len(rows), self.values_a_row, self.workers, self.check)

    def look_for_best(self) -> None:
        """Look at stale rows by falling bound until no bound reaches the best fresh gain."""
        best = self.bound[self.fresh == self.done].max()
        rows = np.flatnonzero((self.fresh < self.done) & (self.bound >= best))
        rows = rows[np.argsort(-self.bound[rows], kind="stable")]
        wave = self.chunk * self.workers.threads
        for first in range(0, len(rows), wave):
            if self.bound[rows[first]] < best:
                break
            some = rows[first : first + wave]
            self.look_at(some)
            best = max(best, self.bound[some].max())

    def choose(self) -> None:
        """Pop the best bound from a heap: choose it if it is fresh, else compute it and put it back."""
        n, m = len(self.vectors), len(self.cover)
        slots = max(1, min(n, ROW_BYTES // (4 * m)))
        rows = np.empty((slots, m), np.float32)
        slot_of, owner = np.full(n, -1, np.int32), np.full(slots, -1, np.int32)
        heap, size, looks, slot = self._heap(), n, 0, 0
        patience = max(n // STALE_SHARE, SMALLEST_PATIENCE)
        while self.done < self.n_samples and size and self.bound[heap[0]] > 0:
            self.check()
            self.done, size, slot, looks = self.workers.call(
                _choose, self.vectors, self.flat, self.scale, self.cover, self.bound, self.fresh, heap, size,
                rows, slot_of, owner, slot, self.order, self.gain, self.done, looks, patience, self.chunk,
            )  # fmt: skip
            if looks >= patience:
                self.look_for_best()
                heap, size, looks = self._heap(), n - self.done, 0
        self.check()

    def _heap(self) -> Integers:
        """Return all rows by falling gain, the chosen ones last: a sorted array is a heap."""
        self.bound[self.order[: self.done]] = -1
        return np.argsort(-self.bound, kind="stable").astype(np.int32)


@kernel
def _squared(vectors: Floats, start: int, flat: Floats, rows: Floats) -> None:
    """Write the squared distances of samples start, start + 1, ... to all landmarks, one row each."""
    d, whole = flat.shape[0], flat.shape[0] // 4 * 4
    rows[:] = 0
    for t in range(0, whole, 4):  # four at a time: a quarter of the traffic
        flat_0, flat_1, flat_2, flat_3 = flat[t], flat[t + 1], flat[t + 2], flat[t + 3]
        for r in range(len(rows)):
            row, x = rows[r], vectors[start + r]
            x_0, x_1, x_2, x_3 = x[t], x[t + 1], x[t + 2], x[t + 3]
            for j in range(row.size):
                a, b, c, e = x_0 - flat_0[j], x_1 - flat_1[j], x_2 - flat_2[j], x_3 - flat_3[j]
                row[j] += (a * a + b * b) + (c * c + e * e)
    for t in range(whole, d):
        flat_0 = flat[t]
        for r in range(len(rows)):
            row, x_0 = rows[r], vectors[start + r, t]
            for j in range(row.size):
                a = x_0 - flat_0[j]
                row[j] += a * a


@kernel
def _similarities(vectors: Floats, start: int, flat: Floats, scale: np.float32, rows: Floats) -> None:
    """Write 2 ** (-scale * squared distance), to a relative 3e-7; exactly 1 at distance 0.

    2^z = 2^floor(z) * 2^(z - floor(z)): the first by writing the exponent bits, the second as a polynomial.
    """
    _squared(vectors, start, flat, rows)
    powers = np.empty(rows.shape[1], np.int32)
    as_floats = powers.view(np.float32)
    for r in range(len(rows)):
        row = rows[r]
        for j in range(row.size):
            z = max(-row[j] * scale, np.float32(-126))
            whole = np.floor(z)
            powers[j] = (np.int32(whole) + 127) << 23
            row[j] = z - whole
        for j in range(row.size):
            f = row[j]
            p = np.float32(1.8775767e-3)
            p = p * f + np.float32(8.9893397e-3)
            p = p * f + np.float32(5.5826318e-2)
            p = p * f + np.float32(2.4015361e-1)
            p = p * f + np.float32(6.9315308e-1)
            p = p * f + np.float32(1)
            row[j] = min(p * as_floats[j], np.float32(1))


@kernel
def _gain(row: Floats, cover: Floats) -> np.float32:
    total = np.float32(0)
    for j in range(row.size):
        total += max(row[j] - cover[j], np.float32(0))
    return total


@kernel
def _gains(vectors: Floats, flat: Floats, scale: np.float32, cover: Floats, gains: Floats) -> None:
    rows = np.empty((ROWS_AT_ONCE, cover.size), np.float32)
    for first in range(0, len(vectors), ROWS_AT_ONCE):
        part = rows[: min(ROWS_AT_ONCE, len(vectors) - first)]
        _similarities(vectors, first, flat, scale, part)
        for r in range(len(part)):
            gains[first + r] = min(gains[first + r], _gain(part[r], cover))


@kernel
def _cover(kept: Floats, flat: Floats, scale: np.float32, cover: Floats) -> None:
    rows = np.empty((1, cover.size), np.float32)
    for i in range(len(kept)):
        _similarities(kept, i, flat, scale, rows)
        row = rows[0]
        for j in range(row.size):
            cover[j] = max(cover[j], row[j])


@kernel
def _sink(heap: Integers, size: int, bound: Floats) -> None:
    """Move the top of the heap down to its place; the order is by bound, then by position."""
    here = 0
    moving = heap[0]
    while True:
        child = 2 * here + 1
        if child >= size:
            break
        a = heap[child]
        if child + 1 < size:
            b = heap[child + 1]
            if bound[b] > bound[a] or (bound[b] == bound[a] and b < a):
                a = b
                child += 1
        if bound[moving] > bound[a] or (bound[moving] == bound[a] and moving < a):
            break
        heap[here] = a
        here = child
    heap[here] = moving


@kernel
def _choose(
    vectors: Floats,
    flat: Floats,
    scale: np.float32,
    cover: Floats,
    bound: Floats,
    fresh: Integers,
    heap: Integers,
    size: int,
    rows: Floats,
    slot_of: Integers,
    owner: Integers,
    slot: int,
    order: Positions,
    gain: Floats,
    done: int,
    looks: int,
    patience: int,
    budget: int,
) -> tuple[int, int, int, int]:
    """Choose rows until the budget of looks is spent; `looks` counts those since the last choice."""
    while done < order.size and size > 0 and bound[heap[0]] > 0 and budget > 0:
        budget -= 1
        i = heap[0]
        if slot_of[i] < 0:  # forget the row that was computed longest ago
            if owner[slot] >= 0:
                slot_of[owner[slot]] = -1
            owner[slot] = i
            slot_of[i] = slot
            _similarities(vectors, i, flat, scale, rows[slot : slot + 1])
            slot = (slot + 1) % len(rows)
        row = rows[slot_of[i]]
        if fresh[i] < done:
            bound[i] = min(bound[i], _gain(row, cover))
            fresh[i] = done
            _sink(heap, size, bound)
            looks += 1
            if looks >= patience:
                break
            continue
        order[done] = i
        gain[done] = bound[i]
        for j in range(row.size):
            cover[j] = max(cover[j], row[j])
        done += 1
        looks = 0
        size -= 1
        heap[0] = heap[size]
        _sink(heap, size, bound)
    return done, size, slot, looks
