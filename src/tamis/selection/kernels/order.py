"""Sorting by falling value, equal ones by position: several times faster than by comparing."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from tamis.compiling.kernel import kernel

Floats = NDArray[np.float32]
Positions = NDArray[np.int64]

DIGIT = 11
"""Bits sorted by in one pass; three passes take in the 31 bits of a float32 without its sign."""


def falling(values: Floats, check: Callable[[], None] = lambda: None) -> Positions:
    """Return the positions of the values, none negative, from the largest to the smallest."""
    keys, order = np.empty((2, len(values)), np.uint32), np.empty((2, len(values)), np.int64)
    _begin(values, keys[0], order[0])
    for step in range(3):
        check()
        one, other = step % 2, 1 - step % 2
        _sort_by_digit(keys[one], order[one], keys[other], order[other], step * DIGIT)
    found: Positions = order[1]
    return found


@kernel
def _begin(values: Floats, keys: NDArray[np.uint32], order: Positions) -> None:
    bits = values.view(np.uint32)
    for i in range(values.size):
        keys[i] = np.uint32(0x7FFFFFFF) - (bits[i] & np.uint32(0x7FFFFFFF))  # the larger, the smaller
        order[i] = i


@kernel
def _sort_by_digit(
    keys: NDArray[np.uint32], order: Positions, to_keys: NDArray[np.uint32], to_order: Positions, shift: int
) -> None:
    places = np.zeros(1 << DIGIT, np.int64)
    mask = np.uint32((1 << DIGIT) - 1)
    for i in range(keys.size):
        places[(keys[i] >> np.uint32(shift)) & mask] += 1
    total = 0
    for digit in range(places.size):
        total, places[digit] = total + places[digit], total
    for i in range(keys.size):
        digit = (keys[i] >> np.uint32(shift)) & mask
        to_keys[places[digit]] = keys[i]
        to_order[places[digit]] = order[i]
        places[digit] += 1
