"""Coreset is the naive greedy k-center: exactly on integers, within rounding elsewhere."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tamis.model.errors import Invalid
from tamis.selection import rank


class Distances:
    """Squared distances to one row after the other in float64, one dimension at a time."""

    def __init__(self, vectors):
        self.columns = np.ascontiguousarray(vectors.T, np.float64)
        self.nearest = np.full(len(vectors), np.inf)
        self._difference, self._total = np.empty((2, len(vectors)))

    def keep(self, position):
        self._total[:] = 0
        for column in self.columns:
            np.subtract(column, column[position], out=self._difference)
            np.square(self._difference, out=self._difference)
            self._total += self._difference
        np.minimum(self.nearest, self._total, out=self.nearest)


def naive(vectors, k, kept=()):
    """Return the greedy order in float64, one full pass per sample."""
    distances = Distances(vectors)
    for position in kept:
        distances.keep(position)
    distances.nearest[list(kept)] = -1
    order = []
    if not len(kept):
        x = vectors.astype(np.float64)
        order.append(int(((len(x) * x - x.sum(axis=0)) ** 2).sum(axis=1).argmin()))  # exact on integers
        distances.keep(order[0])
        distances.nearest[order[0]] = -1
    while len(order) < k:
        order.append(int(distances.nearest.argmax()))
        distances.keep(order[-1])
        distances.nearest[order[-1]] = -1
    return order


def mixture(n, d, clusters=60, seed=0):
    generator = np.random.default_rng(seed)
    shares = 1 / np.arange(1, clusters + 1)
    centres = generator.normal(size=(clusters, d)) * 3
    spread = generator.normal(size=(n, d)) * np.arange(1, d + 1) ** -0.5
    return (centres[generator.choice(clusters, n, p=shares / shares.sum())] + spread).astype(np.float32)


def grid(n, d, values=4, seed=0):
    return np.random.default_rng(seed).integers(0, values, size=(n, d)).astype(np.float32)


@pytest.mark.parametrize(
    ("n", "d", "values", "k"),
    [(300, 1, 5, 300), (3000, 3, 12, 700), (12_000, 6, 4, 900), (9000, 16, 2, 300), (20_000, 4, 6, 1400)],
)
@pytest.mark.parametrize("kept", [0, 1, 25])
def test_on_integers_the_order_is_the_naive_one(n, d, values, k, kept):
    vectors = grid(n, d, values)
    preselected = list(range(0, 7 * kept, 7))
    k = min(k, n - kept)
    ranking = rank(vectors, "coreset", k, preselected=preselected)
    assert ranking.order[:k].tolist() == naive(vectors, k, preselected)


def unit(vectors):
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def isotropic(n, d):
    return np.random.default_rng(4).normal(size=(n, d)).astype(np.float32)


REAL = {
    "clusters": lambda: mixture(9000, 32),
    "isotropic": lambda: np.random.default_rng(1).normal(size=(9000, 24)).astype(np.float32),
    "long rows": lambda: np.random.default_rng(2).normal(size=(2500, 1280)).astype(np.float32),
    "far from zero": lambda: mixture(6000, 16) + np.float32(1000),
    "unit rows": lambda: unit(mixture(6000, 64)),
    "tiny": lambda: mixture(6000, 8) * np.float32(1e-9),
    "huge": lambda: mixture(6000, 8) * np.float32(1e12),
    "heavy tails": lambda: np.random.default_rng(3).standard_cauchy((6000, 8)).astype(np.float32),
    "half duplicates": lambda: np.concatenate([mixture(3000, 12)] * 2),
    "a line": lambda: np.linspace(0, 1, 9000, dtype=np.float32)[:, None] * np.ones((1, 3), np.float32),
    "many clusters": lambda: mixture(20_000, 20, clusters=2000),
    "near copies": lambda: np.repeat(mixture(1500, 24), 5, axis=0) + np.float32(1e-4) * isotropic(7500, 24),
}


@pytest.mark.parametrize("name", REAL)
@pytest.mark.parametrize("kept", [0, 40])
def test_on_real_values_every_pick_is_the_farthest_within_rounding(name, kept):
    vectors = REAL[name]()
    k, preselected = 400, np.arange(kept)
    ranking = rank(vectors, "coreset", k, preselected=preselected)
    distances = Distances(vectors)
    for position in preselected:
        distances.keep(position)
    for step, chosen in enumerate(ranking.order[:k]):
        if step or kept:
            radius = np.sqrt(distances.nearest.max())
            assert np.sqrt(distances.nearest[chosen]) >= radius * (1 - 1e-6)
            assert ranking.importance[step] == pytest.approx(radius, rel=2e-6)
        distances.keep(chosen)


def test_the_first_pick_is_nearest_to_the_mean_and_has_the_distance_to_the_farthest():
    vectors = np.array([[0, 0], [2, 0], [2, 2], [0, 2], [1, 1], [1, 1], [5, 1]], np.float32)
    ranking = rank(vectors, "coreset")
    assert ranking.order.tolist() == [4, 6, 0, 1, 2, 3, 5]
    assert ranking.importance == pytest.approx([4, 4, 2**0.5, 2**0.5, 2**0.5, 2**0.5, 0])


def test_selection_stops_at_the_minimum_distance():
    vectors = np.array([[0], [10], [4], [7], [9.5]], np.float32)
    # the mean is 6.1: first 7, then 0 (7 away), then 4 (3 away) and 10 (3 away), then 9.5 (0.5 away)
    assert rank(vectors, "coreset").order.tolist() == [3, 0, 1, 2, 4]
    for distance, kept in ((0.5, 5), (0.6, 4), (3.0, 4), (3.1, 2), (7.0, 2), (8.0, 1), (1e30, 1)):
        ranking = rank(vectors, {"strategy": "coreset", "minimum_distance": distance})
        assert ranking.greedy_until == kept
        assert ranking.order[:kept].tolist() == [3, 0, 1, 2, 4][:kept]
        assert sorted(ranking.order.tolist()) == [0, 1, 2, 3, 4]


def test_nothing_is_kept_when_all_are_too_near_to_the_preselected():
    ranking = rank(np.eye(4), {"strategy": "coreset", "minimum_distance": 2}, preselected=[1])
    assert (ranking.greedy_until, ranking.order.tolist()) == (0, [0, 2, 3])


@pytest.mark.parametrize("kept", [(), (7, 40)])
@pytest.mark.parametrize("precision", [np.float32, np.float16])
def test_what_is_trimmed_has_the_farthest_neighbours_and_comes_last(kept, precision):
    vectors = grid(900, 4, 9).astype(precision)
    x = vectors.astype(np.float64)
    last = np.sort(np.sqrt(((x[:, None] - x[None]) ** 2).sum(axis=2)), axis=1)[:, 20]
    left = np.setdiff1d(np.arange(900), kept)
    aside = left[np.argsort(last[left], kind="stable")][len(left) - 45 :]
    inside = np.setdiff1d(left, aside)
    ranking = rank(vectors, {"strategy": "coreset", "trim": 45.5 / len(left)}, 60, preselected=kept)
    assert ranking.order[-45:].tolist() == aside.tolist()
    assert (ranking.importance[-45:] == 0).all()
    assert (np.diff(ranking.importance) <= 0).all()
    both = np.sort(np.concatenate([inside, kept])).astype(int)
    places = np.searchsorted(both, kept).tolist()
    assert ranking.order[:60].tolist() == both[naive(x[both], 60, places)].tolist()


def test_trimming_is_nested_also_beyond_what_is_not_trimmed():
    vectors, strategy = mixture(300, 8), {"strategy": "coreset", "trim": 0.2}
    seen = []
    long = rank(vectors, strategy, 290, threads=2, progress=lambda done, total: seen.append((done, total)))
    assert (long.greedy_until, seen[-1]) == (300, (290, 290))
    for k in (1, 50, 240, 270):
        assert rank(vectors, strategy, k, threads=1).order[:k].tolist() == long.order[:k].tolist()


def test_an_outlier_is_not_kept_once_it_is_trimmed():
    vectors = np.concatenate([mixture(500, 6), np.full((1, 6), 500, np.float32)])
    assert 500 in rank(vectors, "coreset", 2).order[:2]
    assert rank(vectors, {"strategy": "coreset", "trim": 0.01}, 2).order[-1] == 500


def test_duplicates_come_last_by_position_with_importance_zero():
    vectors = np.repeat(mixture(500, 8), 3, axis=0)
    ranking = rank(vectors, "coreset", 1000)
    assert len(np.unique(vectors[ranking.order[:500]], axis=0)) == 500
    assert (ranking.order[:500] % 3 == 0).all()
    assert (ranking.importance[500:] == 0).all()
    assert (np.diff(ranking.order[500:]) > 0).all()
    assert ranking.greedy_until == 1500


# Not on isotropic noise in many dimensions: there, at small k, chance covers as well as greedy k-center.
@pytest.mark.parametrize("distribution", ["clusters", "unit rows", "far from zero", "heavy tails"])
def test_the_radius_is_below_the_best_of_twenty_random_draws(distribution):
    vectors = REAL[distribution]()[:4000]

    def radius(kept):
        squared = ((vectors[:, None, :] - vectors[kept][None]) ** 2).sum(axis=2)
        return np.sqrt(squared.min(axis=1).max())

    best = min(radius(rank(vectors, "random", seed=seed).order[:60]) for seed in range(20))
    assert radius(rank(vectors, "coreset", 60).order[:60]) < best


def test_the_tail_falls_and_stays_below_the_last_radius():
    ranking = rank(mixture(20_000, 16), "coreset", 50)
    assert ranking.greedy_until == 50
    assert (np.diff(ranking.importance) <= 0).all()


def test_far_fewer_distances_are_computed_than_by_the_naive_loop():
    from tamis.selection.kernels import farthest

    vectors = np.random.default_rng(0).normal(size=(60_000, 32)).astype(np.float32)
    found = farthest.farthest_first(vectors, 500, kept=vectors[:0])
    assert found.pairs < 0.25 * len(vectors) * 500


@pytest.mark.parametrize("order", ["C", "F"])
def test_half_precision_is_ranked_as_the_same_numbers_in_float32(order):
    halves = np.asarray(mixture(9000, 16).astype(np.float16), order=order)
    one = rank(halves, "coreset", 200, preselected=[3])
    other = rank(halves.astype(np.float32), "coreset", 200, preselected=[3])
    assert np.array_equal(one.order, other.order)
    assert np.array_equal(one.importance, other.importance)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_half_precision_that_is_not_finite_is_refused_by_position(bad):
    halves = np.ones((5, 4), np.float16)
    halves[2, 1] = bad
    with pytest.raises(Invalid, match="NaN or Inf at position 2"):
        rank(halves, "coreset")


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.integers(1, 9000), st.integers(1, 20), st.integers(1, 12), st.integers(0, 2**32 - 1), st.integers(0, 8)
)
def test_any_grid_of_integers_is_ranked_as_by_the_naive_loop(n, d, values, seed, kept):
    vectors = grid(n, d, values, seed)
    preselected = np.unique(np.random.default_rng(seed).integers(0, n, kept)) if n > 8 else np.arange(0)
    k = min(120, n - len(preselected))
    ranking = rank(vectors, "coreset", k, preselected=preselected, threads=1 + seed % 3)
    assert ranking.order[:k].tolist() == naive(vectors, k, preselected)
    assert sorted(ranking.order.tolist()) == np.setdiff1d(np.arange(n), preselected).tolist()
    assert (np.diff(ranking.importance) <= 0).all()


@settings(deadline=None, max_examples=25)
@given(st.integers(2, 6000), st.integers(1, 40), st.integers(0, 1000), st.data())
def test_any_prefix_and_any_number_of_threads_agree(n, d, seed, data):
    vectors = mixture(n, d, clusters=1 + seed % 90, seed=seed)
    long = data.draw(st.integers(1, min(n, 300)))
    short = data.draw(st.integers(1, long))
    one, other = rank(vectors, "coreset", long, threads=1), rank(vectors, "coreset", short, threads=3)
    assert np.array_equal(one.order[:short], other.order[:short])
    assert np.array_equal(one.importance[:short], other.importance[:short])
