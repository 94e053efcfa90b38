"""Shards in several processes: the exact order is that of one process, the approximation keeps its bound."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest

from tamis.model.errors import Invalid
from tamis.selection import rank
from tamis.selection.sharded import (
    CatchUp,
    Shard,
    catch_up_shard,
    merge_rankings,
    rank_exactly,
    rank_shard,
    rank_two_rounds,
)

Task = TypeVar("Task")
Answer = TypeVar("Answer")


@pytest.fixture(scope="module")
def pool() -> Iterator[ProcessPoolExecutor]:
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as processes:
        yield processes


def over(
    pool: ProcessPoolExecutor, function: Callable[[Task], Answer], tasks: Sequence[Task]
) -> list[Answer]:
    return list(pool.map(function, tasks))


def in_turn(function: Callable[[Task], Answer], tasks: Sequence[Task]) -> list[Answer]:
    return [function(task) for task in tasks]


def cut(vectors: np.ndarray, folder: Path, count: int) -> list[Shard]:
    path = folder / "vectors.npy"
    np.save(path, vectors.astype(np.float32))
    edges = np.linspace(0, len(vectors), count + 1).astype(int)
    return [Shard(path, int(start), int(stop)) for start, stop in pairwise(edges)]


def clustered(n: int, d: int, seed: int = 0) -> np.ndarray:
    generator = np.random.default_rng(seed)
    centres = generator.normal(size=(40, d)) * 4
    return (centres[generator.zipf(1.5, n) % 40] + generator.normal(size=(n, d))).astype(np.float32)


def scratch(folder: Path) -> Path:
    (folder / "bounds").mkdir()
    return folder / "bounds"


def true_radius(vectors: np.ndarray, order: np.ndarray) -> float:
    squared = np.full(len(vectors), np.inf)
    for row in order:
        squared = np.minimum(squared, ((vectors.astype(np.float64) - vectors[row]) ** 2).sum(axis=1))
    return float(np.sqrt(squared.max()))


@pytest.mark.parametrize("shards", [1, 3])
def test_on_an_integer_grid_the_order_is_that_of_one_process(
    pool: ProcessPoolExecutor, tmp_path: Path, shards: int
) -> None:
    vectors = np.random.default_rng(1).integers(0, 6, (20_000, 5)).astype(np.float32)
    whole = rank(vectors, "coreset", 3000)
    found = rank_exactly(cut(vectors, tmp_path, shards), 3000, partial(over, pool), scratch(tmp_path))
    assert found.order.tolist() == whole.order[:3000].tolist()
    np.testing.assert_array_equal(found.importance, whole.importance[:3000])


def test_on_real_numbers_every_pick_is_the_farthest_to_a_millionth(
    pool: ProcessPoolExecutor, tmp_path: Path
) -> None:
    vectors = clustered(20_000, 16)
    found = rank_exactly(cut(vectors, tmp_path, 3), 400, partial(over, pool), scratch(tmp_path))
    exact = vectors.astype(np.float64)
    squared = ((exact - exact[found.order[0]]) ** 2).sum(axis=1)
    for row in found.order[1:]:
        assert squared[row] >= squared.max() * (1 - 2e-6)
        squared = np.minimum(squared, ((exact - exact[row]) ** 2).sum(axis=1))
    assert found.radius == pytest.approx(np.sqrt(squared.max()), rel=1e-6)
    assert found.pairs < 0.6 * len(vectors) * 400


@pytest.mark.parametrize("n_samples", [1, 29, 60])
def test_duplicates_come_last_and_a_shorter_run_is_the_beginning_of_a_longer(
    tmp_path: Path, n_samples: int
) -> None:
    vectors = np.repeat(np.arange(30, dtype=np.float32)[:, None] ** 2, 2, axis=1)
    vectors = np.concatenate([vectors, vectors])
    whole = rank(vectors, "coreset", 60)
    found = rank_exactly(cut(vectors, tmp_path, 4), n_samples, in_turn, scratch(tmp_path))
    assert found.order.tolist() == whole.order[:n_samples].tolist()
    assert found.radius == pytest.approx(true_radius(vectors, found.order))


def test_a_round_that_is_done_twice_gives_the_same_answer(tmp_path: Path) -> None:
    vectors = clustered(3000, 8)
    (shard,) = cut(vectors, tmp_path, 1)
    task = CatchUp(shard, scratch(tmp_path), vectors[:50], 4.0, 100, None)
    first, again = catch_up_shard(task), catch_up_shard(task)
    assert first.positions.tolist() == again.positions.tolist()
    assert first.bound.tobytes() == again.bound.tobytes()
    assert again.pairs == 0


def test_the_bound_of_two_rounds_holds_and_is_near_the_exact_radius(
    pool: ProcessPoolExecutor, tmp_path: Path
) -> None:
    vectors = clustered(20_000, 16, seed=3)
    exact = true_radius(vectors, rank(vectors, "coreset", 200).order[:200])
    shards = cut(vectors, tmp_path, 4)
    for oversample in (1.0, 3.0):
        merged = rank_two_rounds(shards, 200, partial(over, pool), oversample=oversample)
        radius = true_radius(vectors, merged.order)
        assert len(set(merged.order.tolist())) == 200
        assert radius <= merged.radius * (1 + 1e-5)
        assert radius <= 2 * exact  # the proof allows 4 times the best possible radius


def test_merging_does_not_depend_on_which_shard_answers_first(tmp_path: Path) -> None:
    shards = cut(np.random.default_rng(5).integers(0, 4, (2000, 3)), tmp_path, 4)
    answers = [rank_shard((shard, 40)) for shard in shards]
    merged, turned = merge_rankings(answers, 40), merge_rankings(answers[::-1], 40)
    assert merged.order.tolist() == turned.order.tolist()
    assert merged.radius == turned.radius


def test_what_is_no_matrix_or_too_short_is_named(tmp_path: Path) -> None:
    (shard,) = cut(np.zeros((5, 2)), tmp_path, 1)
    with pytest.raises(Invalid, match="5 rows; it is not possible to choose 6"):
        rank_exactly([shard], 6, in_turn, scratch(tmp_path))
    with pytest.raises(Invalid, match="has 5 rows, not 0 to 9"):
        Shard(shard.path, 0, 9).vectors()
    np.save(tmp_path / "doubles.npy", np.zeros((5, 2)))
    with pytest.raises(Invalid, match=r"float64 of shape \(5, 2\), not a float32 matrix"):
        Shard(tmp_path / "doubles.npy", 0, 5).vectors()
