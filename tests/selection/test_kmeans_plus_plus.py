"""k-means++ draws by the square of the distance; the counts over many seeds agree with arithmetic."""

import numpy as np
import pytest

from tamis.selection import rank

LINE = np.array([[0.0], [1.0], [3.0], [3.0]], np.float32)


def second_picks(power):
    """Return how often each sample is drawn after a preselected sample at 0."""
    vectors = np.concatenate([LINE, [[0.0]]]).astype(np.float32)
    strategy = {"strategy": "kmeans-plus-plus", "power": power}
    picks = [
        rank(vectors, strategy, 1, seed=seed, preselected=[4], threads=1).order[0] for seed in range(1500)
    ]
    return np.bincount(picks, minlength=4) / len(picks)


@pytest.mark.parametrize("power", [1.0, 2.0])
def test_the_next_is_drawn_by_a_power_of_the_distance(power):
    weights = np.array([0, 1, 3, 3]) ** power
    assert second_picks(power) == pytest.approx(weights / weights.sum(), abs=0.04)


def test_the_first_of_an_empty_start_is_drawn_evenly():
    picks = [rank(LINE, "kmeans-plus-plus", 1, seed=seed, threads=1).order[0] for seed in range(1200)]
    assert np.bincount(picks) / 1200 == pytest.approx([0.25] * 4, abs=0.05)


def test_importance_is_the_distance_to_the_nearest_kept_before():
    vectors = np.random.default_rng(0).normal(size=(300, 4)).astype(np.float32)
    ranking = rank(vectors, "kmeans-plus-plus", 50)
    x = vectors.astype(np.float64)
    for step in range(1, 50):
        kept = x[ranking.order[:step]]
        nearest = np.sqrt(((x[ranking.order[step]] - kept) ** 2).sum(axis=1)).min()
        assert ranking.importance[step] == pytest.approx(nearest, rel=1e-5)
    assert (np.diff(ranking.importance[50:]) <= 0).all()


def test_duplicates_come_last_by_position():
    vectors = np.repeat(np.random.default_rng(0).normal(size=(40, 3)), 3, axis=0).astype(np.float32)
    ranking = rank(vectors, "kmeans-plus-plus")
    assert len(np.unique(vectors[ranking.order[:40]], axis=0)) == 40
    assert (ranking.importance[40:] == 0).all()
    assert (np.diff(ranking.order[40:]) > 0).all()


def test_another_seed_is_another_draw():
    vectors = np.random.default_rng(0).normal(size=(300, 4)).astype(np.float32)
    one, other = (rank(vectors, "kmeans-plus-plus", 20, seed=seed).order for seed in (1, 2))
    assert not np.array_equal(one, other)


def test_planted_clusters_are_all_found_sooner_than_by_random_draws():
    generator = np.random.default_rng(0)
    of = np.repeat(np.arange(10), [500, 300, 60, 50, 40, 20, 10, 10, 5, 5])
    vectors = (np.eye(10)[of] * 50 + generator.normal(size=(1000, 10))).astype(np.float32)
    found = [len(set(of[rank(vectors, "kmeans-plus-plus", 15, seed=seed).order[:15]])) for seed in range(10)]
    chance = [len(set(of[rank(vectors, "random", 15, seed=seed).order[:15]])) for seed in range(10)]
    assert np.mean(found) > 9
    assert np.mean(chance) < 7
