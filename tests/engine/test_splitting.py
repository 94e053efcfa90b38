"""The retry piece by piece after a child's death."""

from tamis.engine.base import Died, map_splitting
from tamis.engine.local import LocalEngine
from tests.engine import functions

KILLED = Died("The process was killed by signal 9 (Killed).")


def test_the_bad_items_are_lost_alone_and_in_their_place() -> None:
    shards = [[1, 2], [3, -1, 4], [5], [-2], [6, 7, -3, -4], [8]]
    with LocalEngine(2) as engine:
        found = list(map_splitting(engine, functions.die_of_bad_items, shards, functions.split))
    assert found == [
        ([1, 2], [2, 4]),
        ([3], [6]),
        ([-1], KILLED),
        ([4], [8]),
        ([5], [10]),
        ([-2], KILLED),
        ([6], [12]),
        ([7], [14]),
        ([-3], KILLED),
        ([-4], KILLED),
        ([8], [16]),
    ]


def test_shards_that_live_are_not_split() -> None:
    with LocalEngine(1) as engine:
        found = list(map_splitting(engine, functions.die_of_bad_items, iter([[1], [2, 3]]), functions.split))
    assert found == [([1], [2]), ([2, 3], [4, 6])]
