"""Farthest-first over shards that no single process needs to hold: the approximation, and the exact order.

A shard is a range of rows of an `.npy` file, opened as a memory map. Whoever calls decides where the shard
functions run: `map_shards(function, tasks)` returns their answers in order, from a loop, a pool of processes
or a cluster.

- `rank_two_rounds`: rank each shard, then the chosen of all shards (Malkomes et al., Fast Distributed
  k-Center Clustering with Outliers on Massive Data, NeurIPS 2015). One pass, and a covering radius of at
  most 4 times the best possible; the radius that is reported bounds that of the result.
- `rank_exactly`: the order of the strategy `coreset` in one process. Each worker keeps upper bounds of its
  rows' distances and sends only the rows above a threshold, the driver chooses among them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from tamis.model.errors import Invalid

Floats = NDArray[np.float32]
Integers = NDArray[np.int32]
Positions = NDArray[np.int64]
Task = TypeVar("Task")
Answer = TypeVar("Answer")

SMALLEST_ACTIVE_SET = 4096
_ROWS_AT_ONCE = 65_536


class MapShards(Protocol):
    """Calls the function with each task, anywhere, and returns the answers in the order of the tasks."""

    def __call__(self, function: Callable[[Task], Answer], tasks: Sequence[Task]) -> Sequence[Answer]:
        """Return `[function(task) for task in tasks]`."""


@dataclass(frozen=True, slots=True)
class Shard:
    """Rows `start` to `stop` of a float32 matrix (n, d) in an `.npy` file; positions are rows of the file."""

    path: Path
    start: int
    stop: int

    def vectors(self) -> Floats:
        """Open the rows (stop - start, d) as a memory map.

        Raises:
            Invalid: the file holds something else.
        """
        matrix = np.load(self.path, mmap_mode="r", allow_pickle=False)
        if matrix.dtype != np.float32 or matrix.ndim != 2:
            raise Invalid(
                f"'{self.path}' holds {matrix.dtype} of shape {matrix.shape}, not a float32 matrix."
            )
        if not 0 <= self.start < self.stop <= len(matrix):
            raise Invalid(f"'{self.path}' has {len(matrix)} rows, not {self.start} to {self.stop}.")
        rows: Floats = matrix[self.start : self.stop]
        return rows


@dataclass(frozen=True, slots=True)
class ShardRanking:
    """The chosen of one shard: positions (k,), vectors (k, d), and how far its farthest row is from them."""

    positions: Positions
    vectors: Floats
    radius: float


@dataclass(frozen=True, slots=True)
class SampleOrder:
    """Positions, best first, with the distance of each to the nearest chosen before it (`importance`).

    `radius` is the covering radius of all shards, or a bound of it after two rounds. `pairs` counts the
    distances that the exact order took.
    """

    order: Positions
    importance: Floats
    radius: float
    pairs: int = 0


def rank_shard(task: tuple[Shard, int]) -> ShardRanking:
    """Choose the given number of a shard's rows, farthest first: round one."""
    from tamis.selection.ranking import rank

    shard, n_samples = task
    vectors = shard.vectors()
    n_samples = min(n_samples, len(vectors))
    ranking = rank(vectors, "coreset", n_samples, threads=1)
    chosen = ranking.order[:n_samples]
    radius = float(ranking.importance[n_samples]) if n_samples < len(vectors) else 0.0
    return ShardRanking(chosen + shard.start, np.array(vectors[chosen]), radius)


def merge_rankings(shards: Sequence[ShardRanking], n_samples: int) -> SampleOrder:
    """Choose among the chosen of all shards: round two.

    Every row lies within its shard's radius of a row chosen in round one, and that one within the radius of
    round two of a row chosen here; so their sum bounds the covering radius.

    Raises:
        Invalid: there are fewer rows than are to be chosen.
    """
    from tamis.selection.ranking import rank

    positions = np.concatenate([shard.positions for shard in shards])
    vectors = np.concatenate([shard.vectors for shard in shards])
    by_position = np.argsort(positions)  # ties go to the lowest position, whichever shard answered first
    ranking = rank(vectors[by_position], "coreset", n_samples)
    order = positions[by_position][ranking.order]
    left = float(ranking.importance[n_samples]) if n_samples < len(order) else 0.0
    radius = left + max(shard.radius for shard in shards)
    return SampleOrder(order[:n_samples], ranking.importance[:n_samples], radius)


def rank_two_rounds(
    shards: Sequence[Shard], n_samples: int, map_shards: MapShards, *, oversample: float = 1.0
) -> SampleOrder:
    """Rank every shard and merge; `oversample` of 2 keeps twice as many of each shard for round two."""
    local = round(n_samples * oversample)
    return merge_rankings(map_shards(rank_shard, [(shard, local) for shard in shards]), n_samples)


@dataclass(frozen=True, slots=True)
class Settled:
    """What the driver has found out about a shard's active rows: it goes back with the next round's work."""

    positions: Positions
    bound: Floats
    seen: Integers


@dataclass(frozen=True, slots=True)
class CatchUp:
    """One round's work on a shard: compare the rows above the threshold with the centres they missed.

    `folder` keeps the shard's bounds between the rounds; `target` is how many of the bounds at or below the
    threshold the driver wants to see.
    """

    shard: Shard
    folder: Path
    centres: Floats
    threshold: float
    target: int
    settled: Settled | None


@dataclass(frozen=True, slots=True)
class CaughtUp:
    """The rows that are still above the threshold, and the largest squared bounds of the others."""

    positions: Positions
    vectors: Floats
    bound: Floats
    below: Floats
    pairs: int


def catch_up_shard(task: CatchUp) -> CaughtUp:
    """Do one round's work on a shard; done twice, it gives the same answer."""
    from tamis.selection.kernels import sharded as kernels

    vectors, start, threshold = task.shard.vectors(), task.shard.start, np.float32(task.threshold)
    bound, seen = _open_bounds(task, vectors)
    if task.settled is not None:
        bound[task.settled.positions - start] = task.settled.bound
        seen[task.settled.positions - start] = task.settled.seen
    pairs = 0
    for low in range(0, len(vectors), _ROWS_AT_ONCE):
        rows = low + np.flatnonzero(bound[low : low + _ROWS_AT_ONCE] > threshold)
        some, some_bound, some_seen = np.array(vectors[rows]), bound[rows], seen[rows]
        pairs += kernels.catch_up(some, task.centres, some_bound, some_seen, threshold)
        bound[rows] = some_bound  # the bound before the count, so that nothing is lost in between
        seen[rows] = some_seen
    above = np.flatnonzero(bound > threshold)
    below = np.array(bound[bound <= threshold])
    if len(below) > task.target:
        below = np.partition(below, len(below) - task.target)[-task.target :]
    return CaughtUp(above + start, np.array(vectors[above]), np.array(bound[above]), below, pairs)


def _open_bounds(task: CatchUp, vectors: Floats) -> tuple[Floats, Integers]:
    """Open the shard's squared bounds and counts; new ones are the distances to the first centre."""
    paths = [task.folder / f"{name}-{task.shard.start}.npy" for name in ("bound", "seen")]
    if not all(path.exists() for path in paths):
        from tamis.selection.kernels import sharded as kernels

        bound, seen = np.full(len(vectors), np.inf, np.float32), np.zeros(len(vectors), np.int32)
        for low in range(0, len(vectors), _ROWS_AT_ONCE):
            part = slice(low, low + _ROWS_AT_ONCE)
            some = np.array(vectors[part])
            kernels.catch_up(some, task.centres[:1], bound[part], seen[part], np.float32(-1))
        for path, array in zip(paths, (bound, seen), strict=True):
            with path.with_suffix(".part").open("wb") as file:
                np.save(file, array)
            path.with_suffix(".part").replace(path)
    bounds, counts = (np.load(path, mmap_mode="r+") for path in paths)
    return bounds, counts


def sum_of_shard(shard: Shard) -> NDArray[np.float64]:
    """Return the sum (d,) of a shard's rows; exact for integer coordinates."""
    vectors = shard.vectors()
    parts = range(0, len(vectors), _ROWS_AT_ONCE)
    total: NDArray[np.float64] = sum(
        (vectors[low : low + _ROWS_AT_ONCE].sum(axis=0, dtype=np.float64) for low in parts),
        start=np.zeros(vectors.shape[1]),
    )
    return total


def nearest_of_shard(task: tuple[Shard, NDArray[np.float64], int]) -> tuple[float, int, Floats]:
    """Return the row of a shard nearest to the mean; the task holds the sum and the count of all rows."""
    shard, total, n = task
    vectors = shard.vectors()
    found = []
    for low in range(0, len(vectors), _ROWS_AT_ONCE):
        # (n x - sum)^2 instead of (x - mean)^2: no division, so that equal distances stay equal
        from_mean = vectors[low : low + _ROWS_AT_ONCE].astype(np.float64) * n - total
        squared = np.einsum("ij,ij->i", from_mean, from_mean)
        row = int(squared.argmin())
        found.append((float(squared[row]), low + row))
    squared_distance, row = min(found)
    return squared_distance, shard.start + row, np.array(vectors[row])


def rank_exactly(shards: Sequence[Shard], n_samples: int, map_shards: MapShards, folder: Path) -> SampleOrder:
    """Choose `n_samples` rows of all shards, in the order of the strategy `coreset`.

    Args:
        shards: all rows of one file, in their order.
        n_samples: how many to choose, at least 1.
        map_shards: calls a shard function for every task.
        folder: an empty folder that all workers reach; it takes 8 bytes a row.

    Raises:
        Invalid: more samples are asked for than there are rows, or none.
    """
    n = sum(shard.stop - shard.start for shard in shards)
    if not 1 <= n_samples <= n:
        raise Invalid(
            f"The shards have {n} rows; it is not possible to choose {n_samples}.", field="n_samples"
        )
    return _Driver(shards, n, n_samples, map_shards, folder).run()


class _Driver:
    """Lowers the threshold round by round, and chooses among the rows that are above it."""

    def __init__(
        self, shards: Sequence[Shard], n: int, n_samples: int, map_shards: MapShards, folder: Path
    ) -> None:
        self.shards, self.n, self.map_shards, self.folder = shards, n, map_shards, folder
        total = np.sum(map_shards(sum_of_shard, shards), axis=0)
        nearest = map_shards(nearest_of_shard, [(shard, total, n) for shard in shards])
        _, first, vector = min(nearest, key=lambda one: one[:2])
        self.order = np.empty(n_samples, np.int64)
        self.squared = np.zeros(n_samples, np.float32)
        self.centres = np.empty((n_samples, len(vector)), np.float32)
        self.order[0], self.centres[0] = first, vector
        self.done = 1
        self.pairs = 0
        self.settled: list[Settled | None] = [None] * len(shards)

    def run(self) -> SampleOrder:
        """Choose until all are chosen, then go on until the radius is known too."""
        threshold = np.float32(np.inf)  # the first round only looks
        self.pairs = self.n
        farthest = np.float32(0)
        while True:
            answers = self._catch_up(threshold)
            vectors, bound = (
                np.concatenate([getattr(one, name) for one in answers]) for name in ("vectors", "bound")
            )
            if self.done == len(self.order) and len(bound):
                return self._result(farthest, bound.max())
            self._choose(answers, vectors, bound, threshold)
            bounds = np.concatenate([bound, *(one.below for one in answers)])
            farthest = farthest or bounds.max()
            if bounds.max() == 0:  # only duplicates of what is chosen are left
                self._fill()
                return self._result(farthest, np.float32(0))
            threshold = self._threshold(bounds)

    def _target(self) -> int:
        return max(self.n // 16, 8 * self.done, SMALLEST_ACTIVE_SET)

    def _threshold(self, bounds: Floats) -> np.float32:
        """Return a threshold that about `target` rows exceed, and at least one."""
        target, largest = self._target(), bounds.max()
        if len(bounds) <= target:
            return np.float32(0)
        enough = np.partition(bounds, len(bounds) - target)[len(bounds) - target]
        return np.float32(enough if enough < largest else np.nextafter(largest, np.float32(0)))

    def _catch_up(self, threshold: np.float32) -> Sequence[CaughtUp]:
        centres = self.centres[: self.done]
        tasks = [
            CatchUp(shard, self.folder, centres, float(threshold), self._target(), known)
            for shard, known in zip(self.shards, self.settled, strict=True)
        ]
        answers = self.map_shards(catch_up_shard, tasks)
        self.pairs += sum(answer.pairs for answer in answers)
        return answers

    def _choose(
        self, answers: Sequence[CaughtUp], vectors: Floats, bound: Floats, threshold: np.float32
    ) -> None:
        from tamis.selection.kernels import sharded as kernels

        positions = np.concatenate([one.positions for one in answers])
        seen = np.full(len(bound), self.done, np.int32)
        chosen, radius = self.order[self.done :], self.squared[self.done :]
        count = kernels.choose(vectors, bound, seen, threshold, chosen, radius) if len(bound) else 0
        self.pairs += int(seen.sum(dtype=np.int64)) - self.done * len(seen)
        self.centres[self.done : self.done + count] = vectors[chosen[:count]]
        chosen[:count] = positions[chosen[:count]]
        self.done += count
        ends = np.cumsum([len(one.positions) for one in answers])[:-1]
        parts = zip(*(np.split(array, ends) for array in (positions, bound, seen)), strict=True)
        self.settled = [Settled(*part) for part in parts]

    def _fill(self) -> None:
        left = np.setdiff1d(np.arange(self.n), self.order[: self.done])
        self.order[self.done :] = left[: len(self.order) - self.done]
        self.squared[self.done :] = 0

    def _result(self, farthest: np.float32, left: np.float32) -> SampleOrder:
        importance = np.sqrt(self.squared)
        importance[0] = np.sqrt(farthest)  # as `coreset` does: how far the farthest row is from the first
        return SampleOrder(self.order, importance, float(np.sqrt(left)), self.pairs)
