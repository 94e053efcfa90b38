"""The measures agree with their definitions, and refuse what has none."""

import numpy as np
import pytest

from tamis.model.errors import Invalid
from tamis.model.job import JobCancelled
from tamis.selection import Coverage, coverage, random_coverage, rank, share_within, smallest_distances


def points(n=400, d=5, seed=0):
    return np.random.default_rng(seed).normal(size=(n, d)).astype(np.float32)


def direct(vectors, kept, pool=slice(None)):
    x = vectors.astype(np.float64)
    distance = np.sqrt(((x[pool][:, None] - x[kept][None]) ** 2).sum(axis=2)).min(axis=1)
    return distance.max(), distance.mean()


def test_coverage_is_the_farthest_and_the_mean_distance_at_every_k():
    vectors = points()
    order = rank(vectors, "random").order
    found = coverage(vectors, order, [50, 1, 7, 7])
    assert [point.k for point in found] == [1, 7, 50]
    for point in found:
        assert (point.radius, point.mean) == pytest.approx(direct(vectors, order[: point.k]), rel=1e-5)


def test_coverage_counts_preselected_and_only_the_pool():
    vectors = points()
    pool, kept = np.arange(100, 300), np.array([0, 5, 120])
    order = rank(vectors, "coreset", 20, candidates=pool, preselected=kept).order
    for point in coverage(vectors, order, [0, 20], preselected=kept, candidates=pool):
        everything = np.concatenate([kept, order[: point.k]])
        assert (point.radius, point.mean) == pytest.approx(direct(vectors, everything, pool), rel=1e-5)


def test_coverage_of_everything_is_zero():
    vectors = points(50)
    assert coverage(vectors, np.arange(50), [50]) == [Coverage(50, 0.0, 0.0)]


def test_a_large_pool_is_measured_on_evenly_spaced_samples():
    vectors, order = points(), np.arange(10)
    (point,) = coverage(vectors, order, [10], most_points=3)
    assert (point.radius, point.mean) == pytest.approx(direct(vectors, order, [0, 200, 399]), rel=1e-5)


def test_threads_do_not_change_the_measure():
    vectors = points(5000)
    order = rank(vectors, "random").order
    assert coverage(vectors, order, [3, 90], threads=1) == coverage(vectors, order, [3, 90], threads=3)


def test_random_coverage_is_the_mean_of_seeded_draws():
    vectors = points()
    assert random_coverage(vectors, [5, 9], seed=3) == random_coverage(vectors, [9, 5], seed=3)
    assert random_coverage(vectors, [5], seed=3) != random_coverage(vectors, [5], seed=4)
    many = random_coverage(vectors, [5, 50, 399], draws=20)
    assert many[0].radius > many[1].radius > many[2].radius
    assert [point.k for point in random_coverage(vectors, [0, 5], preselected=[1])] == [0, 5]


def test_the_share_within_a_distance_counts_the_pool():
    vectors = points()
    order = rank(vectors, "coreset", 60).order
    x = vectors.astype(np.float64)
    found = share_within(vectors, order, [60, 5], 1.5, preselected=[7])
    for k, share in zip([5, 60], found, strict=True):
        kept = np.append(order[:k], 7)
        nearest = np.sqrt(((x[:, None] - x[kept][None]) ** 2).sum(axis=2)).min(axis=1)
        assert share == np.mean(nearest <= 1.5)
    assert share_within(vectors, np.arange(400), [400], 0.0) == [1.0]


def test_the_smallest_distance_is_that_of_the_two_nearest_of_a_prefix():
    vectors = points()
    order = rank(vectors, "random").order
    x = vectors[order].astype(np.float64)
    apart = np.sqrt(((x[:, None] - x[None]) ** 2).sum(axis=2)) + np.diag(np.full(400, np.inf))
    assert smallest_distances(vectors, order, [1, 2, 90]) == pytest.approx(
        [np.inf, apart[:2, :2].min(), apart[:90, :90].min()], rel=1e-5
    )


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda x: coverage(x, [0, 1], [3]), "ks hold 3"),
        (lambda x: coverage(x, [0, 1], []), "ks is empty"),
        (lambda x: coverage(x, [0, 1], [0]), "nothing is kept"),
        (lambda x: coverage(x, [0, 0], [1]), "more than once"),
        (lambda x: coverage(x, [0, 400], [1]), "order hold 400"),
        (lambda x: coverage(x, [0], [1], candidates=[]), "no candidates"),
        (lambda x: coverage(x, [0], [1], most_points=0), "at least 1"),
        (lambda x: random_coverage(x, [401]), "ks hold 401"),
        (lambda x: random_coverage(x, [1], draws=0), "draws"),
        (lambda x: share_within(x, [0], [1], -1.0), "must be 0 or more"),
        (lambda x: share_within(x, [0], [1], float("nan")), "must be 0 or more"),
        (lambda x: smallest_distances(x, [0, 1], [3]), "ks hold 3"),
    ],
)
def test_what_cannot_be_measured_is_refused(call, says):
    with pytest.raises(Invalid, match=says):
        call(points())


def test_a_measure_can_be_cancelled():
    with pytest.raises(JobCancelled):
        coverage(points(), np.arange(9), [9], cancelled=lambda: True)
