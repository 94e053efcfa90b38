"""Coverage is the naive greedy maximum coverage of ProbCover, and no sample is left out as a candidate."""

import numpy as np
import pytest

from tamis.selection import rank


def blobs(n, d=5, seed=2):
    generator = np.random.default_rng(seed)
    centres = generator.normal(size=(15, d)) * 4
    return (centres[generator.integers(0, 15, n)] + generator.normal(size=(n, d))).astype(np.float32)


def naive(vectors, radius, kept=()):
    """Return the greedy order and counts in float64, until all is covered."""
    x = vectors.astype(np.float64)
    near = ((x[:, None] - x[None]) ** 2).sum(axis=2) <= radius**2
    open_ = ~near[list(kept)].any(axis=0)
    order, gains = [], []
    while open_.any():
        gain = (near & open_).sum(axis=1)
        gain[list(kept)] = -1
        best = int(gain.argmax())
        if gain[best] <= 0:
            break
        order.append(best)
        gains.append(gain[best] / len(x))
        open_ &= ~near[best]
    return order, gains


@pytest.mark.parametrize("kept", [[], [3], [0, 77, 140]])
@pytest.mark.parametrize("radius", [1.0, 2.0, 5.0])
def test_on_integers_the_order_is_the_naive_one(kept, radius):
    vectors = np.random.default_rng(1).integers(0, 6, size=(777, 3)).astype(np.float32)
    order, gains = naive(vectors, radius, kept)
    k = len(order)
    ranking = rank(vectors, {"strategy": "coverage", "radius": radius}, k, preselected=kept)
    assert ranking.order[:k].tolist() == order
    assert ranking.importance[:k] == pytest.approx(gains)


def test_the_default_radius_is_the_median_distance_to_the_20th_neighbour():
    vectors = blobs(700)
    distance = np.sqrt(((vectors[:, None].astype(np.float64) - vectors[None]) ** 2).sum(axis=2))
    radius = float(np.median(np.sort(distance, axis=1)[:, 20]))
    order, gains = naive(vectors, radius * (1 + 1e-6))
    ranking = rank(vectors, "coverage", 40)
    assert ranking.order[:40].tolist() == order[:40]
    assert ranking.importance[:40] == pytest.approx(gains[:40])


def test_when_all_is_covered_the_farthest_come_next():
    vectors = np.random.default_rng(1).integers(0, 6, size=(400, 3)).astype(np.float32)
    covering = len(naive(vectors, 2.0)[0])
    ranking = rank(vectors, {"strategy": "coverage", "radius": 2.0}, 90)
    assert ranking.importance[: covering + 1].argmin() == covering
    rest = rank(vectors, "coreset", 90 - covering, preselected=ranking.order[:covering])
    assert ranking.order[covering:].tolist() == rest.order.tolist()
    assert (ranking.importance[covering:] == 0).all()


def test_the_last_samples_are_candidates_too():
    """The paper's code drops the last partial batch of 500."""
    vectors = np.concatenate([np.arange(640.0)[:, None] * 10, np.full((60, 1), 1e5)]).astype(np.float32)
    assert rank(vectors, {"strategy": "coverage", "radius": 1.0}, 1).order[0] == 640


def test_a_large_pool_is_stood_for_by_landmarks_drawn_by_the_seed():
    vectors = blobs(3000)
    parameters = {"strategy": "coverage", "landmarks": 200, "radius": 2.0}
    one, other = rank(vectors, parameters, 20, seed=1), rank(vectors, parameters, 20, seed=2)
    assert not np.array_equal(one.order, other.order)
    counts = one.importance[:20] * 200
    assert counts == pytest.approx(counts.round())


def test_mostly_duplicates_still_get_a_radius():
    vectors = np.zeros((200, 2), np.float32)
    vectors[:30] = np.arange(60).reshape(30, 2)
    ranking = rank(vectors, "coverage", 5)
    assert ranking.importance[0] > 0.8
    assert ranking.importance[1] > 0
