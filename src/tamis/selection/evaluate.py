"""How good is a ranking, without labels? How well each prefix covers the pool, and how far it is spread."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tamis.model.errors import Invalid
from tamis.model.job import JobCancelled
from tamis.selection.base import Cancelled
from tamis.selection.checks import as_pool, as_positions, as_vectors, whole
from tamis.selection.ranking import available_threads

MOST_POINTS = 20_000
"""A larger pool is measured on this many of its samples, evenly spaced by position."""


class Coverage(NamedTuple):
    """After the first k of a ranking: the farthest and the mean distance of the pool to a kept sample."""

    k: int
    radius: float
    mean: float


def coverage(
    vectors: ArrayLike,
    order: ArrayLike,
    ks: Sequence[int],
    *,
    preselected: ArrayLike | None = None,
    candidates: ArrayLike | None = None,
    most_points: int = MOST_POINTS,
    threads: int | None = None,
    cancelled: Cancelled | None = None,
) -> list[Coverage]:
    """Measure how well each prefix of a ranking covers the pool, in one pass over the ranking.

    A pool of more than `most_points` is measured on that many of its samples, evenly spaced by position:
    the mean is then an estimate and the radius a lower bound, while the cost stays bounded.

    Args:
        vectors: (n, d) array of floats.
        order: positions, best first, as `Ranking.order`.
        ks: how many of them are kept, in any order; 0 only where samples are preselected.
        preselected: positions that are kept from the start.
        candidates: positions that make up the pool. None: all.
        most_points: the size from which the pool is thinned out.
        threads: how many threads to use. None: one per core.
        cancelled: asked a few times a second; once it says True the pass stops.

    Returns:
        One `Coverage` per distinct k, by rising k.

    Raises:
        Invalid: the input is wrong.
        JobCancelled: `cancelled` said True.
    """
    array = as_vectors(vectors, "vectors")
    pool, kept, _ = as_pool(candidates, preselected, len(array))
    as_positions(order, len(array), "order")
    ranked = np.asarray(order, np.int64)
    wanted = _checked_ks(ks, len(ranked), len(kept))
    return _measure(array, ranked, wanted, kept, _thinned(pool, most_points), threads, cancelled)


def random_coverage(
    vectors: ArrayLike,
    ks: Sequence[int],
    *,
    draws: int = 5,
    seed: int = 0,
    preselected: ArrayLike | None = None,
    candidates: ArrayLike | None = None,
    most_points: int = MOST_POINTS,
    threads: int | None = None,
    cancelled: Cancelled | None = None,
) -> list[Coverage]:
    """Measure random draws the same way, and average over them; see `coverage`."""
    array = as_vectors(vectors, "vectors")
    pool, kept, left = as_pool(candidates, preselected, len(array))
    wanted = _checked_ks(ks, len(left), len(kept))
    if whole(draws, "draws") < 1:
        raise Invalid("draws must be at least 1.", field="draws")
    generator = np.random.default_rng(whole(seed, "seed"))
    thinned = _thinned(pool, most_points)
    runs = [
        _measure(array, generator.permutation(left)[: wanted[-1]], wanted, kept, thinned, threads, cancelled)
        for _ in range(draws)
    ]
    return [
        Coverage(k, float(np.mean([p.radius for p in points])), float(np.mean([p.mean for p in points])))
        for k, points in zip(wanted, zip(*runs, strict=True), strict=True)
    ]


def share_within(
    vectors: ArrayLike,
    order: ArrayLike,
    ks: Sequence[int],
    distance: float,
    *,
    preselected: ArrayLike | None = None,
    candidates: ArrayLike | None = None,
    threads: int | None = None,
) -> list[float]:
    """Return, per distinct k by rising k, the share of the pool within `distance` of a kept sample.

    Raises:
        Invalid: the input is wrong, or the distance is negative or no number.
    """
    if not distance >= 0:
        raise Invalid(f"The distance is {distance}; it must be 0 or more.", field="distance")
    array = as_vectors(vectors, "vectors")
    pool, kept, _ = as_pool(candidates, preselected, len(array))
    as_positions(order, len(array), "order")
    ranked = np.asarray(order, np.int64)
    passes = _approached(array, ranked, _checked_ks(ks, len(ranked), len(kept)), kept, pool, threads, None)
    return [float(np.mean(squared <= np.float32(distance) ** 2)) for squared in passes]


def smallest_distances(vectors: ArrayLike, order: ArrayLike, ks: Sequence[int]) -> list[float]:
    """Return, per distinct k by rising k, the smallest distance between two of the first k samples.

    It says whether a prefix holds near-duplicates. One sample alone has no such distance: infinity.

    Raises:
        Invalid: the input is wrong.
    """
    from tamis.selection.kernels.nearest import nearest_before  # loads numba

    array = as_vectors(vectors, "vectors")
    as_positions(order, len(array), "order")
    ranked = np.asarray(order, np.int64)
    wanted = _checked_ks(ks, len(ranked), 0)
    so_far = np.minimum.accumulate(nearest_before(array[ranked[: wanted[-1]]]))
    return [float(np.sqrt(so_far[k - 1])) for k in wanted]


def _measure(
    vectors: NDArray[np.float32],
    order: NDArray[np.int64],
    ks: list[int],
    kept: NDArray[np.int64],
    pool: NDArray[np.int64],
    threads: int | None,
    cancelled: Cancelled | None,
) -> list[Coverage]:
    points = []
    passes = _approached(vectors, order, ks, kept, pool, threads, cancelled)
    for k, squared in zip(ks, passes, strict=True):
        distance = np.sqrt(squared)
        points.append(Coverage(k, float(distance.max()), float(distance.mean(dtype=np.float64))))
    return points


def _approached(
    vectors: NDArray[np.float32],
    order: NDArray[np.int64],
    ks: list[int],
    kept: NDArray[np.int64],
    pool: NDArray[np.int64],
    threads: int | None,
    cancelled: Cancelled | None,
) -> Iterator[NDArray[np.float32]]:
    """Yield, for each k, the squared distance of every pool sample to the nearest kept one."""
    from tamis.selection.kernels.nearest import approach  # loads numba

    rows = np.ascontiguousarray(vectors[pool])
    squared = np.full(len(rows), np.inf, np.float32)
    workers, check = threads or available_threads(), _checker(cancelled)
    approach(rows, vectors[kept], squared, threads=workers, checkpoint=check)
    done = 0
    for k in ks:
        approach(rows, vectors[order[done:k]], squared, threads=workers, checkpoint=check)
        done = k
        yield squared


def _checker(cancelled: Cancelled | None) -> Callable[[], None]:
    def check() -> None:
        if cancelled is not None and cancelled():
            raise JobCancelled

    return check


def _checked_ks(ks: Sequence[int], ranked: int, kept: int) -> list[int]:
    wanted = sorted({whole(k, "ks") for k in ks})
    if not wanted:
        raise Invalid("ks is empty: name at least one number of kept samples.", field="ks")
    if wanted[-1] > ranked:
        raise Invalid(f"ks hold {wanted[-1]}, but the ranking has {ranked} samples.", field="ks")
    if wanted[0] == 0 and not kept:
        raise Invalid("At k = 0, with nothing preselected, nothing is kept.", field="ks")
    return wanted


def _thinned(pool: NDArray[np.int64], most_points: int) -> NDArray[np.int64]:
    if not len(pool):
        raise Invalid("There are no candidates to measure.", field="candidates")
    if whole(most_points, "most_points") < 1:
        raise Invalid("most_points must be at least 1.", field="most_points")
    if len(pool) <= most_points:
        return pool
    return pool[np.linspace(0, len(pool) - 1, most_points).round().astype(np.int64)]
