"""Diffusion is the naive greedy on the kernel of its paper, and a sample stands for what hangs together."""

import numpy as np
import pytest

from tamis.selection import rank
from tamis.selection.kernels.diffusion import diffused
from tamis.selection.kernels.workers import Workers


def blobs(n, d=5, seed=2):
    generator = np.random.default_rng(seed)
    centres = generator.normal(size=(15, d)) * 4
    return (centres[generator.integers(0, 15, n)] + generator.normal(size=(n, d))).astype(np.float32)


def dense(vectors, neighbours):
    """Return the similarities in float64 by inverting the whole matrix."""
    x = vectors.astype(np.float64)
    squared = ((x[:, None] - x[None]) ** 2).sum(axis=2)
    np.fill_diagonal(squared, np.inf)
    near = np.argsort(squared, axis=1, kind="stable")[:, :neighbours]
    reach = np.sqrt(np.sort(squared, axis=1)[:, 6])
    joined = np.zeros(squared.shape, bool)
    np.put_along_axis(joined, near, True, axis=1)
    weights = np.where(joined | joined.T, np.exp(-squared / np.outer(reach, reach)), 0)
    degree = weights.sum(axis=1)
    kernel = np.linalg.inv(np.eye(len(x)) - 0.99 * weights / np.sqrt(np.outer(degree, degree)))
    return kernel / np.sqrt(np.outer(kernel.diagonal(), kernel.diagonal()))


def replayed(similar, order, kept):
    """Return what each pick adds in float64, and the most that any sample would have added."""
    cover = similar[list(kept)].max(axis=0, initial=0)
    gains, most = [], []
    for place, pick in enumerate(order):
        gain = np.maximum(similar - cover, 0).sum(axis=1) / len(similar)
        gain[[*order[:place], *kept]] = -1
        gains.append(gain[pick])
        most.append(gain.max())
        cover = np.maximum(cover, similar[pick])
    return np.array(gains), np.array(most)


@pytest.mark.parametrize("neighbours", [7, 20])
def test_the_similarity_is_that_of_the_inverted_matrix(neighbours):
    vectors = blobs(300)
    with Workers(2) as workers:
        found = diffused(vectors, neighbours, workers, lambda: None)
    assert found == pytest.approx(dense(vectors, neighbours), abs=2e-5)


@pytest.mark.parametrize("kept", [[], [4], [0, 50, 99]])
def test_every_pick_is_the_greedy_one(kept):
    vectors = blobs(700)
    ranking = rank(vectors, "diffusion", 60, preselected=kept)
    gains, most = replayed(dense(vectors, 20), ranking.order[:60].tolist(), kept)
    assert gains == pytest.approx(most, rel=1e-5)
    assert ranking.importance[:60] == pytest.approx(gains, rel=1e-4)


def test_each_of_three_long_stripes_is_stood_for_by_one_sample():
    """By distance alone a second sample of the same stripe is farther off than one of the next."""
    generator = np.random.default_rng(0)
    along = generator.uniform(0, 40, 900)
    across = np.repeat([0.0, 3.0, 6.0], 300) + generator.normal(0, 0.2, 900)
    stripes = np.stack([along, across], axis=1).astype(np.float32)
    first = rank(stripes, "diffusion", 3).order[:3]
    assert sorted(first // 300) == [0, 1, 2]
    assert sorted(rank(stripes, "representative", 3).order[:3] // 300) != [0, 1, 2]


def test_a_large_pool_is_stood_for_by_landmarks_and_they_come_first():
    vectors = blobs(3000)
    parameters = {"strategy": "diffusion", "landmarks": 100}
    one, other = rank(vectors, parameters, 100, seed=1), rank(vectors, parameters, 100, seed=2)
    assert len(np.intersect1d(one.order[:100], other.order[:100])) < 30
    within = rank(vectors, parameters, 20, seed=1)
    assert set(within.order[:100]) == set(one.order[:100])
    assert np.array_equal(within.order[100:], np.setdiff1d(np.arange(3000), within.order[:100]))


def test_when_no_landmark_is_left_the_farthest_come_next():
    vectors = blobs(1000)
    ranking = rank(vectors, {"strategy": "diffusion", "landmarks": 50}, 90)
    assert (ranking.importance[:50] > 0).all()
    assert (ranking.importance[50:] == 0).all()
    rest = rank(vectors, "coreset", 40, preselected=ranking.order[:50])
    assert ranking.order[50:90].tolist() == rest.order[:40].tolist()


def test_of_many_preselected_samples_some_stand_for_all():
    vectors = blobs(2000)
    ranking = rank(vectors, {"strategy": "diffusion", "landmarks": 100}, 20, preselected=np.arange(1500))
    assert np.array_equal(np.sort(ranking.order), np.arange(1500, 2000))
    assert ranking.importance[0] < 0.2


@pytest.mark.parametrize("scale", [1e-6, 1, 1e6])
def test_the_scale_of_the_vectors_changes_nothing(scale):
    vectors = blobs(400)
    assert np.array_equal(
        rank(vectors * np.float32(scale), "diffusion", 30).order[:30],
        rank(vectors, "diffusion", 30).order[:30],
    )


def test_samples_far_from_everything_stand_for_themselves_alone():
    vectors = np.concatenate([blobs(500), np.full((1, 5), 1e4, np.float32)])
    ranking = rank(vectors, "diffusion", 501)
    alone = ranking.importance[ranking.order == 500].item()
    assert alone == pytest.approx(1 / 501, rel=1e-3)
