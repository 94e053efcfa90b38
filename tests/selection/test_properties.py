"""What every strategy promises, tried on odd inputs: few rows, ties, far away, tiny, huge."""

from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as draw
from hypothesis.extra import numpy as arrays

from tamis.selection import Ranking, rank, strategies

every_strategy = pytest.mark.parametrize("name", list(strategies))
quickly = settings(
    max_examples=15, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
# Beyond this the square of a distance leaves float32, and the input is refused.
LARGEST = 1e6


class Case(NamedTuple):
    """Vectors, what to choose from, what is kept already, and how many to choose."""

    vectors: np.ndarray
    candidates: list[int]
    preselected: list[int]
    n_samples: int
    seed: int


@draw.composite
def cases(draws: draw.DrawFn) -> Case:
    n, d = draws(draw.integers(2, 24)), draws(draw.integers(1, 5))
    values = draws(
        draw.sampled_from([
            draw.integers(-2, 2).map(float),
            draw.floats(-LARGEST, LARGEST, width=32),
            draw.floats(0, 1, width=32).map(lambda value: LARGEST / 2 + value),
        ])
    )  # fmt: skip
    vectors = draws(arrays.arrays(np.float32, (n, d), elements=values))
    rows = draws(draw.permutations(range(n)))
    n_kept = draws(draw.integers(1, n - 1))
    candidates = draws(draw.integers(1, n - n_kept))
    return Case(
        vectors, rows[n_kept : n_kept + candidates], rows[:n_kept],
        draws(draw.integers(1, candidates)), draws(draw.integers(0, 3)),
    )  # fmt: skip


def ranked(name: str, case: Case, n_samples: int | None = None, *, threads: int = 1) -> Ranking:
    n = len(case.vectors)
    return rank(
        case.vectors, name, n_samples or case.n_samples,
        candidates=case.candidates, preselected=case.preselected, seed=case.seed, threads=threads,
        scores=np.arange(n) % 5, labels=np.arange(n) % 3,
    )  # fmt: skip


@every_strategy
@quickly
@given(case=cases())
def test_every_candidate_is_ranked_once_with_a_finite_importance(name: str, case: Case) -> None:
    before = case.vectors.tobytes()
    ranking = ranked(name, case)
    assert sorted(ranking.order) == sorted(case.candidates)
    assert np.isfinite(ranking.importance).all()
    assert case.n_samples <= ranking.greedy_until <= len(case.candidates)
    assert case.vectors.tobytes() == before


@every_strategy
@quickly
@given(case=cases())
def test_a_longer_run_begins_with_the_shorter_one(name: str, case: Case) -> None:
    short = ranked(name, case)
    everything = ranked(name, case, len(case.candidates))
    k = case.n_samples
    assert everything.order[:k].tolist() == short.order[:k].tolist()
    assert everything.importance[:k].tobytes() == short.importance[:k].tobytes()


@every_strategy
@quickly
@given(case=cases())
def test_the_same_input_gives_the_same_bits_on_several_threads(name: str, case: Case) -> None:
    one, many = ranked(name, case), ranked(name, case, threads=3)
    assert one.order.tolist() == many.order.tolist()
    assert one.importance.tobytes() == many.importance.tobytes()
