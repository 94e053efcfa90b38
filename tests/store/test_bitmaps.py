"""Sets of positions, compared with Python's own sets."""

import numpy as np

from tamis.store import bitmaps

SETS = [
    set(), {0}, {2**32 - 1}, {5, 1, 70_000}, set(range(100_000)), set(range(0, 200_000, 3)),
]  # fmt: skip


def test_what_was_packed_is_unpacked_in_ascending_order() -> None:
    for members in SETS:
        found = bitmaps.unpack(bitmaps.pack(np.array([*members, *members], np.int64)))
        assert (str(found.dtype), found.tolist()) == ("uint32", sorted(members))


def test_sets_are_combined_as_python_combines_them() -> None:
    for one in SETS:
        for other in SETS:
            left, right = (np.array(sorted(each), np.uint32) for each in (one, other))
            assert bitmaps.union(left, right).tolist() == sorted(one | other)
            assert bitmaps.intersection(left, right).tolist() == sorted(one & other)
            assert bitmaps.difference(left, right).tolist() == sorted(one - other)
