"""Typical is TypiClust: one most typical sample per cluster, largest first, then finer clusters."""

import numpy as np
import pytest

from tamis.selection import rank
from tamis.selection.kernels.clusters import k_means
from tamis.selection.kernels.workers import Workers

SIZES = (120, 90, 60, 40)


def groups(d=6, seed=0, sizes=SIZES):
    """Four far-apart groups of known sizes, in a shuffled order, and the group of each sample."""
    generator = np.random.default_rng(seed)
    of = generator.permutation(np.repeat(np.arange(len(sizes)), sizes))
    centres = np.eye(len(sizes), d) * 100
    return (centres[of] + generator.normal(size=(len(of), d))).astype(np.float32), of


def typicality(vectors):
    """1 / (1 + mean distance to the 20 nearest others), in float64."""
    x = vectors.astype(np.float64)
    distance = np.sqrt(((x[:, None] - x[None]) ** 2).sum(axis=2))
    return 1 / (1 + np.sort(distance, axis=1)[:, 1:21].mean(axis=1))


def test_the_first_round_keeps_the_most_typical_of_each_cluster_the_largest_first():
    vectors, of = groups()
    ranking = rank(vectors, {"strategy": "typical", "first_clusters": 4, "most_clusters": 4}, 4)
    expected = []
    for group in range(4):
        members = np.flatnonzero(of == group)
        expected.append(int(members[typicality(vectors[members]).argmax()]))
    assert ranking.order[:4].tolist() == expected


def test_later_rounds_go_on_by_typicality_within_each_cluster():
    vectors, of = groups()
    ranking = rank(vectors, {"strategy": "typical", "first_clusters": 4, "most_clusters": 4})
    assert ranking.greedy_until == len(vectors)
    assert of[ranking.order[:160]].tolist() == [0, 1, 2, 3] * 40
    for group in range(4):
        members = np.flatnonzero(of == group)
        mine = ranking.importance[of[ranking.order] == group]
        assert mine == pytest.approx(np.sort(typicality(vectors[members]))[::-1], rel=1e-5)


def test_clusters_with_a_preselected_sample_wait():
    vectors, of = groups()
    kept = [int(np.flatnonzero(of == 0)[0]), int(np.flatnonzero(of == 2)[0])]
    ranking = rank(vectors, {"strategy": "typical", "most_clusters": 4}, 4, preselected=kept)
    assert of[ranking.order[:4]].tolist() == [1, 3, 0, 1]


def test_each_finer_clustering_gives_way_to_clusters_without_a_kept_sample():
    vectors, of = groups(sizes=(60,) * 16, d=16)
    ranking = rank(vectors, {"strategy": "typical", "first_clusters": 8, "most_clusters": 16}, 16)
    assert len(set(of[ranking.order[:16]])) >= 15


def test_small_clusters_come_last():
    vectors, of = groups(sizes=(50, 40, 5))
    ranking = rank(vectors, {"strategy": "typical", "first_clusters": 3, "most_clusters": 3})
    assert sorted(of[ranking.order[-5:]]) == [2] * 5


def test_in_a_large_cluster_typicality_is_measured_on_some_of_it():
    vectors = np.random.default_rng(0).normal(size=(5000, 3)).astype(np.float32)
    ranking = rank(vectors, {"strategy": "typical", "first_clusters": 1, "most_clusters": 1}, 100)
    radius = np.linalg.norm(vectors, axis=1)
    assert radius[ranking.order[:100]].mean() < 0.6 * radius.mean()


@pytest.mark.parametrize("n_clusters", [1, 3, 16, 40])
def test_k_means_is_at_a_fixed_point_with_no_empty_cluster_it_could_fill(n_clusters):
    vectors, _ = groups(sizes=(40,) * 16, d=16)
    with Workers(1) as workers:
        found = k_means(vectors, n_clusters, np.random.default_rng(0), workers, lambda: None)
    squared = ((vectors[:, None].astype(np.float64) - found.centres[None]) ** 2).sum(axis=2)
    assert np.array_equal(squared.argmin(axis=1), found.member)
    assert found.squared == pytest.approx(squared.min(axis=1), rel=1e-4, abs=1e-5)
    assert (np.bincount(found.member, minlength=n_clusters) > 0).all()
    means = np.array([vectors[found.member == c].mean(axis=0) for c in range(n_clusters)])
    assert means == pytest.approx(found.centres, abs=1e-3)


def test_k_means_comes_near_to_the_planted_centres():
    vectors, of = groups(sizes=(200, 30, 30, 30, 30))
    with Workers(2) as workers:
        found = k_means(vectors, 5, np.random.default_rng(1), workers, lambda: None)
    for group in range(5):
        assert len(set(found.member[of == group].tolist())) == 1


def test_k_means_of_fewer_rows_than_clusters_leaves_some_empty():
    vectors = np.ones((4, 3), np.float32)
    with Workers(1) as workers:
        found = k_means(vectors, 9, np.random.default_rng(1), workers, lambda: None)
    assert found.member.tolist() == [0] * 4
