"""What every strategy must do, tested over the registry: a new strategy is covered by being defined."""

import json

import numpy as np
import pytest

from tamis.model.errors import Invalid
from tamis.model.job import JobCancelled
from tamis.selection import parse_strategy, strategies
from tamis.selection import rank as plain_rank

every_strategy = pytest.mark.parametrize("name", list(strategies))


CHEAP = {"diffusion": {"strategy": "diffusion", "landmarks": 500}}
"""Parameters for the tests that rank large pools many times; landmarks are drawn with these, too."""


def blobs(n=600, d=8, seed=1):
    generator = np.random.default_rng(seed)
    centres = generator.normal(size=(12, d)) * 4
    return (centres[generator.integers(0, 12, n)] + generator.normal(size=(n, d))).astype(np.float32)


def rank(vectors, name, n_samples=None, cheap=False, **given):
    """Rank with whatever the strategy needs; a preselected sample that it needs is put behind the others."""
    needs, n = strategies[name]().needs, len(vectors)
    if "preselected" in needs and given.get("preselected") is None:
        vectors = np.concatenate([vectors, vectors[:1]])
        given = {"candidates": np.arange(n), **given, "preselected": [n]}
    if "scores" in needs:
        given["scores"] = np.random.default_rng(5).random(len(vectors))
    if "labels" in needs:
        given["labels"] = np.random.default_rng(6).integers(0, 7, len(vectors))
    return plain_rank(vectors, CHEAP.get(name, name) if cheap else name, n_samples, **given)


def same(one, other):
    return (
        np.array_equal(one.order, other.order)
        and one.importance.tobytes() == other.importance.tobytes()
        and one.greedy_until == other.greedy_until
    )


@every_strategy
def test_order_holds_every_candidate_once_with_a_finite_importance(name):
    vectors = blobs()
    ranking = rank(vectors, name, 50)
    assert ranking.order.dtype == np.int64
    assert np.array_equal(np.sort(ranking.order), np.arange(len(vectors)))
    assert ranking.importance.dtype == np.float32
    assert ranking.importance.shape == ranking.order.shape
    assert np.isfinite(ranking.importance).all()
    assert (np.diff(ranking.importance) <= 0).all() or not strategies[name].importance_falls
    assert 50 <= ranking.greedy_until <= len(vectors)
    assert (ranking.strategy["strategy"], ranking.seed, ranking.n_samples) == (name, 0, 50)


@every_strategy
def test_preselected_and_candidates_steer_what_is_ranked(name):
    vectors = blobs()
    candidates, preselected = np.arange(0, 600, 3)[::-1], [9, 0, 1]
    ranking = rank(vectors, name, 20, candidates=candidates, preselected=preselected)
    assert np.array_equal(np.sort(ranking.order), np.setdiff1d(candidates, preselected))
    assert ranking.preselected.tolist() == [0, 1, 9]


@every_strategy
def test_same_seed_gives_the_same_bits_on_any_number_of_threads(name):
    vectors = blobs(9000)
    one, again, two, five = (rank(vectors, name, 300, seed=7, threads=n, cheap=True) for n in (1, 1, 2, 5))
    assert same(one, again)
    assert same(one, two)
    assert same(one, five)


def test_random_with_another_seed_is_another_ranking():
    assert not same(rank(blobs(), "random", seed=1), rank(blobs(), "random", seed=2))


@every_strategy
@pytest.mark.parametrize("preselected", [None, [3, 4, 5000]])
def test_a_longer_run_begins_with_the_shorter_one(name, preselected):
    vectors = blobs(6000)
    long = rank(vectors, name, 800, preselected=preselected, cheap=True)
    assert long.greedy_until >= 800
    for k in (1, 2, 17, 333):
        short = rank(vectors, name, k, preselected=preselected, cheap=True)
        assert np.array_equal(short.order[:k], long.order[:k])
        assert np.array_equal(short.importance[:k], long.importance[:k])


@every_strategy
def test_one_sample_is_ranked(name):
    ranking = rank(np.ones((1, 3), np.float32), name)
    assert (ranking.order.tolist(), ranking.greedy_until) == ([0], 1)
    assert np.isfinite(ranking.importance).all()


@every_strategy
@pytest.mark.parametrize("value", [0.0, 5.0])
def test_duplicates_only_are_ranked(name, value):
    ranking = rank(np.full((50, 4), value, np.float32), name, 10)
    assert np.array_equal(np.sort(ranking.order), np.arange(50))
    assert np.isfinite(ranking.importance).all()
    assert ranking.greedy_until >= 10


@every_strategy
def test_everything_can_be_ranked_greedily(name):
    vectors = np.repeat(blobs(150), 2, axis=0)
    ranking = rank(vectors, name, 300)
    assert np.array_equal(np.sort(ranking.order), np.arange(300))
    assert ranking.greedy_until == 300


@every_strategy
def test_input_is_never_written_to(name):
    vectors, preselected, candidates = blobs(5000), np.array([5, 2]), np.arange(4999, -1, -1)
    before = vectors.copy()
    for array in (vectors, preselected, candidates):
        array.flags.writeable = False
    rank(vectors, name, 40, preselected=preselected, candidates=candidates)
    assert np.array_equal(vectors, before)


@every_strategy
@pytest.mark.parametrize("layout", ["float64", "float16", "fortran", "strided"])
def test_other_layouts_of_the_same_numbers_rank_the_same(name, layout):
    vectors = blobs().astype(np.float16).astype(np.float32)
    other = {
        "float64": vectors.astype(np.float64),
        "float16": vectors.astype(np.float16),
        "fortran": np.asfortranarray(vectors),
        "strided": np.repeat(vectors, 2, axis=1)[:, ::2],
    }[layout]
    assert same(rank(vectors, name, 30), rank(other, name, 30))


@every_strategy
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_rows_that_are_not_finite_are_named(name, bad):
    vectors = blobs()
    vectors[[7, 11], 2] = bad
    with pytest.raises(Invalid, match="position 7, 11"):
        rank(vectors, name, 5)


@every_strategy
def test_progress_rises_to_the_total(name):
    seen = []
    rank(np.tile(blobs(1000), (5, 1)), name, 1500, progress=lambda done, total: seen.append((done, total)))
    assert len({total for _, total in seen}) == 1
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert seen[-1][0] == seen[-1][1]


@every_strategy
def test_a_run_can_be_cancelled(name):
    with pytest.raises(JobCancelled):
        rank(blobs(), name, 5, cancelled=lambda: True)


@every_strategy
def test_a_ranking_says_how_to_repeat_it(name):
    ranking = rank(blobs(), name, 10)
    assert parse_strategy(json.loads(json.dumps(ranking.strategy))) == strategies[name]()


@every_strategy
def test_what_a_strategy_needs_is_asked_for(name):
    for need in strategies[name]().needs:
        given = {"scores": np.ones(600), "labels": np.zeros(600, int), "preselected": [0]}
        del given[need]
        with pytest.raises(Invalid, match=f"'{name}' needs {need}"):
            plain_rank(blobs(), name, 5, **given)


@every_strategy
def test_groups_name_the_sample_that_stands_for_each(name):
    ranking = rank(np.repeat(blobs(100), 2, axis=0), name, 20)
    if ranking.groups is not None:
        assert ranking.groups.shape == ranking.order.shape
        assert np.isin(ranking.groups, ranking.order).all()


@every_strategy
def test_a_strategy_says_what_it_is(name):
    kind = strategies[name]
    what_for = (kind.title, kind.use_when, kind.loses_where, kind.cost)
    for words in (*what_for, kind.importance_means, kind.source, kind.__doc__):
        assert words
        assert words.strip()
    for field, info in kind.model_fields.items():
        assert field == "strategy" or info.description
