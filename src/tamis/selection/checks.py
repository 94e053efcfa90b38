"""What `rank` and the measures accept: each check returns a clean array or says what is wrong, and where."""

import operator
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tamis.model.errors import Invalid

LARGEST_VALUE = 1e15
"""Squares of differences of larger values would leave the range of float32."""
MOST_GREEDY = 10_000
"""How many samples are chosen greedily when nobody says how many."""
_BLOCK = 1 << 22
"""Values looked at in one go, so that a check takes no memory to speak of."""


def as_vectors(
    embeddings: ArrayLike,
    name: str = "embeddings",
    check: Callable[[], None] = lambda: None,
    halves: bool = False,
) -> NDArray[np.float32]:
    """Return the rows as float32 in C order; the same array where it is that already.

    With `halves`, rows of float16 stay what they are. `check` is called several times a second.
    """
    array = _array(embeddings, name)
    if array.ndim != 2:
        raise Invalid(f"{name} must be of shape (samples, dimensions), not {array.shape}.", field=name)
    if not np.issubdtype(array.dtype, np.floating):
        raise Invalid(f"{name} must be floats, not {array.dtype}: use astype(numpy.float32).", field=name)
    if not len(array):
        raise Invalid(f"{name} hold no samples: there is nothing to choose from.", field=name)
    if not array.shape[1]:
        raise Invalid(f"{name} have no dimensions: each sample needs at least one number.", field=name)
    rows = max(1, _BLOCK // array.shape[1])
    for start in range(0, len(array), rows):
        check()
        block = array[start : start + rows]
        good = _finite(block).all(axis=1)
        if not good.all():
            bad = start + np.flatnonzero(~good)
            raise Invalid(f"{name} hold NaN or Inf at position {_listed(bad)}.", field=name)
        if array.dtype == np.float16:
            continue  # none of them is large
        large = np.abs(block).max(axis=1).astype(np.float64) > LARGEST_VALUE
        if large.any():
            bad = start + np.flatnonzero(large)
            raise Invalid(
                f"{name} hold a value over {LARGEST_VALUE:g} at position {_listed(bad)}: scale them down.",
                field=name,
            )
    kept = array.dtype if halves and array.dtype == np.float16 else np.dtype(np.float32)
    return np.ascontiguousarray(array, kept)


def as_positions(positions: ArrayLike | None, n: int, name: str) -> NDArray[np.int64]:
    """Return distinct row numbers below n, ascending; none for None."""
    if positions is None:
        return np.empty(0, np.int64)
    array = _array(positions, name)
    if array.ndim == 1 and array.size == 0:
        return np.empty(0, np.int64)
    if array.ndim != 1 or not np.issubdtype(array.dtype, np.integer):
        raise Invalid(
            f"{name} must be a list of positions, not {array.dtype} of shape {array.shape}.", field=name
        )
    array = array.astype(np.int64) if array.dtype != np.uint64 else np.minimum(array, n).astype(np.int64)
    outside = array[(array < 0) | (array >= n)]
    if outside.size:
        raise Invalid(f"{name} hold {_listed(outside)}, but positions run from 0 to {n - 1}.", field=name)
    unique, counts = np.unique(array, return_counts=True)
    if len(unique) != len(array):
        raise Invalid(f"{name} hold position {_listed(unique[counts > 1])} more than once.", field=name)
    return unique


def as_pool(
    candidates: ArrayLike | None, preselected: ArrayLike | None, n: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return the pool (all positions for None), those kept already, and those of the pool that are not."""
    pool = np.arange(n) if candidates is None else as_positions(candidates, n, "candidates")
    kept = as_positions(preselected, n, "preselected")
    return pool, kept, np.setdiff1d(pool, kept, assume_unique=True)


def checked_n_samples(n_samples: int | None, available: int) -> int:
    """Return how many new samples to choose, at least 1 and at most those available."""
    if not available:
        raise Invalid("There is nothing to choose from: no candidate that is not preselected.")
    if n_samples is None:
        return min(available, MOST_GREEDY)
    wanted = whole(n_samples, "n_samples")
    if wanted < 1:
        raise Invalid(f"n_samples must be at least 1, not {wanted}.", field="n_samples")
    if wanted > available:
        raise Invalid(
            f"n_samples is {wanted}, but there are {available} candidates that are not preselected.",
            field="n_samples",
        )
    return wanted


def whole(value: object, name: str) -> int:
    """Return an integer, also a NumPy one; True and 1.0 are none, and a negative one is refused."""
    try:
        if isinstance(value, bool | np.bool_):
            raise TypeError
        number = operator.index(value)  # type: ignore[arg-type]  # the point is to find out
    except TypeError:
        raise Invalid(f"{name} must be an integer, not {value!r}.", field=name) from None
    if number < 0:
        raise Invalid(f"{name} must not be negative, but it is {number}.", field=name)
    return number


def as_scores(scores: ArrayLike | None, n: int) -> NDArray[np.float32] | None:
    """Return one finite weight per row."""
    if scores is None:
        return None
    array = _array(scores, "scores")
    if array.shape != (n,) or not np.issubdtype(array.dtype, np.number) or np.iscomplexobj(array):
        raise Invalid(
            f"scores must be {n} numbers, one per row, not {array.dtype} of shape {array.shape}.",
            field="scores",
        )
    with np.errstate(over="ignore"):
        weights = array.astype(np.float32)
    if not np.isfinite(weights).all():
        bad = np.flatnonzero(~np.isfinite(weights))
        raise Invalid(f"scores hold NaN or Inf at position {_listed(bad)}.", field="scores")
    return weights


def as_labels(labels: ArrayLike | None, n: int) -> NDArray[np.int64] | None:
    """Return one class per row."""
    if labels is None:
        return None
    array = _array(labels, "labels")
    if array.shape != (n,) or not np.issubdtype(array.dtype, np.integer):
        raise Invalid(
            f"labels must be {n} integers, one per row, not {array.dtype} of shape {array.shape}.",
            field="labels",
        )
    return array.astype(np.int64)


def _finite(block: NDArray[Any]) -> NDArray[np.bool_]:
    finite: NDArray[np.bool_]
    if block.dtype == np.float16 and block.flags.c_contiguous:  # several times as fast as isfinite
        finite = (block.view(np.uint16) & np.uint16(0x7C00)) != np.uint16(0x7C00)
    else:
        finite = np.isfinite(block)
    return finite


def _array(values: ArrayLike, name: str) -> NDArray[Any]:
    try:
        return np.asarray(values)
    except ValueError as error:
        raise Invalid(f"{name} cannot be read as an array: {error}.", field=name) from error


def _listed(positions: NDArray[np.generic]) -> str:
    shown = ", ".join(str(position) for position in positions[:5])
    return f"{shown} and {len(positions) - 5} more" if len(positions) > 5 else shown
