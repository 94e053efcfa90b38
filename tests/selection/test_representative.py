"""Representative is the naive greedy for facility location, whatever shortcuts it takes."""

import numpy as np
import pytest

from tamis.selection import coverage, random_coverage, rank
from tamis.selection.kernels.neighbours import usual_distance
from tamis.selection.kernels.workers import Workers


def blobs(n, d=6, seed=3):
    generator = np.random.default_rng(seed)
    centres = generator.normal(size=(20, d)) * 4
    return (centres[generator.integers(0, 20, n)] + generator.normal(size=(n, d))).astype(np.float32)


def naive(vectors, k, kept=()):
    x = vectors.astype(np.float64)
    squared = ((x[:, None, :] - x[None]) ** 2).sum(axis=2)
    width = 2 * np.median(np.sqrt(np.sort(squared, axis=1)[:, 20]))
    similarity = np.exp(-squared / (2 * width**2))
    cover = np.zeros(len(x))
    for position in kept:
        cover = np.maximum(cover, similarity[position])
    order, gains = [], []
    for _ in range(k):
        gain = np.maximum(similarity - cover, 0).sum(axis=1)
        gain[[*order, *kept]] = -1
        order.append(int(gain.argmax()))
        gains.append(gain.max() / len(x))
        cover = np.maximum(cover, similarity[order[-1]])
    return order, gains


@pytest.mark.parametrize("kept", [[], [4], [0, 50, 99]])
def test_the_order_is_the_naive_one(kept):
    vectors = blobs(900)
    ranking = rank(vectors, n_samples=60, preselected=kept)
    order, gains = naive(vectors, 60, kept)
    assert ranking.order[:60].tolist() == order
    assert ranking.importance[:60] == pytest.approx(gains, rel=1e-4, abs=1e-6)


def test_importance_falls_and_adds_up_to_a_share():
    ranking = rank(blobs(5000), n_samples=3000)
    assert ranking.greedy_until == 3000
    assert (np.diff(ranking.importance) <= 0).all()
    assert ranking.importance.sum(dtype=np.float64) == pytest.approx(1, abs=1e-3)


def test_when_nothing_is_left_to_gain_the_farthest_come_next():
    vectors = blobs(3000)
    ranking = rank(vectors, {"strategy": "representative", "landmarks": 100}, 400)
    first = int(np.argmax(ranking.importance[:400] == 0))
    assert 0 < first < 400
    rest = rank(vectors, "coreset", 400 - first, preselected=ranking.order[:first])
    # after the greedy part each is ordered by bounds that depend on how it got there
    assert ranking.order[first:400].tolist() == rest.order[: 400 - first].tolist()
    assert ranking.importance[first] == 0


def test_another_seed_draws_other_landmarks():
    vectors = blobs(5000)
    one, other = rank(vectors, n_samples=50, seed=1), rank(vectors, n_samples=50, seed=2)
    assert not np.array_equal(one.order, other.order)


def test_forgotten_similarity_rows_change_nothing(monkeypatch):
    from tamis.selection.kernels import herding

    vectors = blobs(3000)
    whole = rank(vectors, n_samples=200)
    monkeypatch.setattr(herding, "ROW_BYTES", 5 * 8000)
    few = rank(vectors, n_samples=200)
    assert np.array_equal(whole.order, few.order)
    assert whole.importance.tobytes() == few.importance.tobytes()


def test_the_pool_is_covered_better_on_average_than_by_random_draws():
    vectors = blobs(3000)
    (ours,) = coverage(vectors, rank(vectors, n_samples=30).order, [30])
    (chance,) = random_coverage(vectors, [30])
    assert ours.mean < chance.mean


@pytest.mark.parametrize("scale", [1e-6, 1, 1e6])
def test_the_width_follows_the_data(scale):
    vectors = blobs(400)
    squared = ((vectors[:, None, :] - vectors[None]) ** 2).sum(axis=2)
    expected = np.median(np.sqrt(np.sort(squared, axis=1)[:, 20]))
    with Workers(2) as workers:
        usual = usual_distance(np.ascontiguousarray(vectors * np.float32(scale)), workers, lambda: None)
    assert usual == pytest.approx(expected * scale, rel=1e-5)


def test_mostly_duplicates_still_get_a_width():
    vectors = np.zeros((200, 2), np.float32)
    vectors[:20] = np.arange(40).reshape(20, 2)
    with Workers(1) as workers:
        assert usual_distance(vectors, workers, lambda: None) > 1
    assert (rank(vectors, n_samples=20).importance[:20] > 0).all()


def test_a_look_at_many_changes_nothing_but_the_time(monkeypatch):
    from tamis.selection.kernels import herding

    vectors = blobs(5000)
    lazy = rank(vectors, n_samples=300)
    monkeypatch.setattr(herding, "SMALLEST_PATIENCE", 1)
    eager = rank(vectors, n_samples=300)
    assert np.array_equal(lazy.order, eager.order)
    assert lazy.importance.tobytes() == eager.importance.tobytes()


@pytest.mark.parametrize("d", [1, 3, 4, 7])
def test_of_duplicates_the_lowest_position_is_kept_and_the_others_gain_nothing(d):
    vectors = np.tile(blobs(1900, d), (3, 1))
    ranking = rank(vectors, {"strategy": "representative", "landmarks": 5700}, 5700)
    gaining = ranking.order[ranking.importance > 0]
    assert (gaining < 1900).all()
    assert ranking.importance.sum(dtype=np.float64) == pytest.approx(1, abs=1e-4)
