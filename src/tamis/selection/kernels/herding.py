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

from tamis.selection.kernels.compiling import VALUES_A_CHUNK, Workers, kernel

Floats = NDArray[np.float32]
Integers = NDArray[np.int32]
Positions = NDArray[np.int64]
Checkpoint = Callable[[int, int], None]

ROW_BYTES = 256 << 20
"""Similarity rows that are remembered between looks at the same sample."""
NEIGHBOUR = 20
"""The width of the kernel follows the distance to this neighbour."""


@dataclass(frozen=True, slots=True)
class Found:
    """`order` and `gain` of the chosen rows; `left`: the gain that each row would add now."""

    order: Positions
    gain: Floats
    left: Floats


def kernel_width(landmarks: Floats, workers: Workers) -> float:
    """Return twice the median distance to the 20th neighbour among the landmarks; 1 if all are equal."""
    m = len(landmarks)
    if m < 2:
        return 1.0
    neighbour = min(NEIGHBOUR, m - 1)
    squared = np.empty(m, np.float32)
    flat = np.ascontiguousarray(landmarks.T)

    def part(start: int, stop: int) -> None:
        _neighbour_distances(landmarks, flat, neighbour, squared, start, stop)

    step = max(1, VALUES_A_CHUNK // (landmarks.size + m * 8))
    workers.over(part, [(start, min(m, start + step)) for start in range(0, m, step)])
    median = float(np.median(np.sqrt(squared)))
    if median == 0 and squared.any():  # mostly duplicates: look at the others
        median = float(np.median(np.sqrt(squared[squared > 0])))
    return 2 * median if median > 0 else 1.0


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
        run.look_at_all()
        run.choose()
        chosen = run.order[: run.done]
        run.look_at_all()
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
        self.flat = np.ascontiguousarray(landmarks.T)  # (d, m): one pass over a row serves all landmarks
        width = kernel_width(landmarks, workers)
        self.scale = np.float32(1 / (2 * width * width * np.log(2)))  # k = 2 ** (-scale * squared distance)
        self.cover = np.zeros(m, np.float32)
        self.bound = np.zeros(n, np.float32)
        self.fresh = np.full(n, -1, np.int32)  # how many were chosen when the bound was computed
        self.order = np.empty(n_samples, np.int64)
        self.gain = np.zeros(n_samples, np.float32)
        self.done = 0
        self.chunk = max(1, VALUES_A_CHUNK // (landmarks.size + 8 * m))

    def keep(self, kept: Floats) -> None:
        """Let samples that are kept from the start cover their surroundings."""
        for start in range(0, len(kept), self.chunk):
            self.checkpoint(0, self.n_samples)
            part = kept[start : start + self.chunk]
            self.workers.call(_cover, part, self.flat, self.scale, self.cover)

    def look_at_all(self) -> None:
        """Compute every gain afresh."""

        def part(start: int, stop: int) -> None:
            _gains(self.vectors, self.flat, self.scale, self.cover, self.bound, start, stop)

        n, step = len(self.vectors), self.chunk
        while step > 64 and n < step * self.workers.threads:
            step = (step + 1) // 2
        borders = [(start, min(n, start + step)) for start in range(0, n, step)]
        for first in range(0, len(borders), self.workers.threads):
            self.checkpoint(self.done, self.n_samples)
            self.workers.over(part, borders[first : first + self.workers.threads])

    def choose(self) -> None:
        """Pop the best bound from a heap: choose it if it is fresh, else compute it and put it back."""
        n, m = len(self.vectors), len(self.cover)
        heap = np.lexsort((np.arange(n), -self.bound)).astype(np.int32)  # a sorted array is a heap
        self.fresh[:] = 0
        size = n
        slots = max(1, min(n, ROW_BYTES // (4 * m)))
        rows = np.empty((slots, m), np.float32)
        slot_of, owner = np.full(n, -1, np.int32), np.full(slots, -1, np.int32)
        slot, alive = 0, True
        while alive and self.done < self.n_samples:
            self.checkpoint(self.done, self.n_samples)
            self.done, size, slot, alive = self.workers.call(
                _choose, self.vectors, self.flat, self.scale, self.cover, self.bound, self.fresh,
                heap, size, rows, slot_of, owner, slot, self.order, self.gain, self.done, self.chunk,
            )  # fmt: skip
        self.checkpoint(self.done, self.n_samples)


@kernel
def _squared(vectors: Floats, i: int, flat: Floats, row: Floats) -> None:
    """Write the squared distances of sample i to all landmarks."""
    for j in range(row.size):
        row[j] = 0
    for t in range(flat.shape[0]):
        x = vectors[i, t]
        for j in range(row.size):
            difference = x - flat[t, j]
            row[j] += difference * difference


@kernel
def _similarities(
    vectors: Floats, i: int, flat: Floats, scale: np.float32, row: Floats, powers: Integers
) -> None:
    """Write 2 ** (-scale * squared distance), to a relative 3e-7; exactly 1 at distance 0.

    2^z = 2^floor(z) * 2^(z - floor(z)): the first by writing the exponent bits, the second as a polynomial.
    """
    _squared(vectors, i, flat, row)
    for j in range(row.size):
        z = max(-row[j] * scale, np.float32(-126))
        whole = np.floor(z)
        powers[j] = (np.int32(whole) + 127) << 23
        row[j] = z - whole
    as_floats = powers.view(np.float32)
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
def _gains(
    vectors: Floats, flat: Floats, scale: np.float32, cover: Floats, gains: Floats, start: int, stop: int
) -> None:
    row = np.empty(cover.size, np.float32)
    powers = np.empty(cover.size, np.int32)
    for i in range(start, stop):
        _similarities(vectors, i, flat, scale, row, powers)
        gains[i] = _gain(row, cover)


@kernel
def _cover(kept: Floats, flat: Floats, scale: np.float32, cover: Floats) -> None:
    row = np.empty(cover.size, np.float32)
    powers = np.empty(cover.size, np.int32)
    for i in range(len(kept)):
        _similarities(kept, i, flat, scale, row, powers)
        for j in range(row.size):
            cover[j] = max(cover[j], row[j])


@kernel
def _neighbour_distances(
    landmarks: Floats, flat: Floats, neighbour: int, squared: Floats, start: int, stop: int
) -> None:
    row = np.empty(len(landmarks), np.float32)
    for i in range(start, stop):
        _squared(landmarks, i, flat, row)
        squared[i] = np.partition(row, neighbour)[neighbour]  # number 0 is the landmark itself


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
    budget: int,
) -> tuple[int, int, int, bool]:
    """Choose rows until the budget of looks is spent. The last value turns False when no gain is left."""
    powers = np.empty(cover.size, np.int32)
    while done < order.size and size > 0 and budget > 0:
        budget -= 1
        i = heap[0]
        if bound[i] <= 0:
            return done, size, slot, False
        if slot_of[i] < 0:  # forget the row that was computed longest ago
            if owner[slot] >= 0:
                slot_of[owner[slot]] = -1
            owner[slot] = i
            slot_of[i] = slot
            _similarities(vectors, i, flat, scale, rows[slot], powers)
            slot = (slot + 1) % len(rows)
        row = rows[slot_of[i]]
        if fresh[i] < done:
            bound[i] = min(bound[i], _gain(row, cover))
            fresh[i] = done
            _sink(heap, size, bound)
            continue
        order[done] = i
        gain[done] = bound[i]
        for j in range(row.size):
            cover[j] = max(cover[j], row[j])
        done += 1
        size -= 1
        heap[0] = heap[size]
        _sink(heap, size, bound)
    return done, size, slot, size > 0
