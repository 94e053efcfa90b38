"""Sets of positions: roaring bitmaps in the database, sorted uint32 arrays in Python.

Roaring: Lemire et al. (2018), https://arxiv.org/abs/1709.07821.
"""

from array import array

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

Positions = NDArray[np.uint32]
"""Sorted, distinct positions."""


def pack(positions: NDArray[np.integer]) -> bytes:
    """Serialize a set of positions, given in any order."""
    # By way of array.array, which pyroaring takes and gives whole: number by number takes 100 times as long.
    bitmap = BitMap(array("I", np.unique(positions).astype(np.uint32).tobytes()))
    bitmap.run_optimize()
    return bytes(bitmap.serialize())


def unpack(data: bytes) -> Positions:
    """Return the positions in ascending order."""
    return np.frombuffer(BitMap.deserialize(data).to_array(), dtype=np.uint32)


EMPTY = pack(np.empty(0, np.uint32))


def union(one: Positions, other: Positions) -> Positions:
    """Positions in either set, ascending."""
    return np.union1d(one, other)


def intersection(one: Positions, other: Positions) -> Positions:
    """Positions in both sets, ascending."""
    return np.intersect1d(one, other, assume_unique=True)


def difference(one: Positions, other: Positions) -> Positions:
    """Positions in the first set only, ascending."""
    return np.setdiff1d(one, other, assume_unique=True)


def bits(positions: Positions, size: int) -> bytes:
    """Write the set as ceil(size / 8) bytes: bit i % 8 of byte i // 8 tells whether i is in it."""
    flags = np.zeros(size, np.bool_)
    flags[positions] = True
    return np.packbits(flags, bitorder="little").tobytes()
