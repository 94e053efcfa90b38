"""Cluster-balanced takes evenly from concepts of very different sizes, on every level."""

import numpy as np
import pytest

from tamis.selection import rank
from tamis.selection.strategies.cluster_balanced import _merged, _turns

SIZES = (800, 300, 100, 60, 40, 30, 20, 10)


def concepts(sizes=SIZES, seed=0):
    generator = np.random.default_rng(seed)
    of = generator.permutation(np.repeat(np.arange(len(sizes)), sizes))
    centres = np.eye(len(sizes)) * 60
    return (centres[of] + generator.normal(size=(len(of), len(sizes)))).astype(np.float32), of


def test_taking_turns_is_the_naive_recursion():
    generator = np.random.default_rng(0)
    member = generator.integers(0, 12, 200)
    above = generator.integers(0, 3, 12)[member]
    order = np.argsort(member, kind="stable")
    merged, turn, _ = _merged(order, _turns(member[order]), member, above)
    for cluster in range(3):
        parts = {p: [i for i in order if member[i] == p] for p in set(member[above == cluster])}
        parts = dict(sorted(parts.items(), key=lambda item: (-len(item[1]), item[0])))
        expected = [
            parts[p][j] for j in range(max(map(len, parts.values()))) for p in parts if j < len(parts[p])
        ]
        mine = above[merged] == cluster
        assert merged[mine].tolist() == expected
        assert turn[mine].tolist() == list(range(len(expected)))


def test_one_level_takes_evenly_and_the_nearest_to_the_centre_first():
    vectors, of = concepts()
    ranking = rank(vectors, {"strategy": "cluster-balanced", "clusters": [8]})
    assert of[ranking.order[:80]].tolist() == list(range(8)) * 10
    for concept in range(8):
        members = np.flatnonzero(of == concept)
        squared = ((vectors[members] - vectors[members].mean(axis=0)) ** 2).sum(axis=1)
        assert ranking.order[of[ranking.order] == concept][0] == members[squared.argmin()]


def test_preselected_samples_count_as_taken():
    vectors, of = concepts()
    kept = np.flatnonzero(of == 1)[:4]
    ranking = rank(vectors, {"strategy": "cluster-balanced", "clusters": [8]}, preselected=kept)
    counts = np.bincount(of[ranking.order[:28]], minlength=8)
    assert counts.tolist() == [4, 0, 4, 4, 4, 4, 4, 4]


def test_the_defaults_find_rare_concepts_sooner_than_random_draws():
    vectors, of = concepts()
    found = [len(set(of[rank(vectors, "cluster-balanced", 20, seed=s).order[:20]])) for s in range(5)]
    chance = [len(set(of[rank(vectors, "random", 20, seed=s).order[:20]])) for s in range(5)]
    assert np.mean(found) >= 7
    assert np.mean(chance) < 6


@pytest.mark.parametrize("n", [1, 3, 7, 8, 20])
def test_small_pools_have_fewer_levels(n):
    vectors = np.random.default_rng(0).normal(size=(n, 3)).astype(np.float32)
    assert sorted(rank(vectors, "cluster-balanced").order) == list(range(n))
