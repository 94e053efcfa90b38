"""Deduplicate finds planted near-duplicates and little else, and its groups are an eps-net."""

import numpy as np
import pytest

from tamis.selection import rank


def planted(vectors, share, noise, seed=0):
    """Put near-duplicates of some rows behind the others; return all rows and whose copy each is, or -1."""
    generator = np.random.default_rng(seed)
    of = generator.choice(len(vectors), int(share * len(vectors)), replace=False)
    copies = vectors[of] + generator.normal(size=(len(of), vectors.shape[1])) * noise
    everything = np.concatenate([vectors, copies]).astype(np.float32)
    order = generator.permutation(len(everything))
    origin = np.concatenate([np.full(len(vectors), -1), of])
    place = np.argsort(order)
    return everything[order], np.where(origin >= 0, place[origin], -1)[order]


def naive(vectors, distance, kept=()):
    """Return which position stands for each, in float64."""
    x = vectors.astype(np.float64)
    stands, leaders = np.full(len(x), -1), list(kept)
    for i in range(len(x)):
        if i in kept:
            stands[i] = i
            continue
        squared = ((x[leaders] - x[i]) ** 2).sum(axis=1)
        if leaders and squared.min() <= distance**2:
            stands[i] = min(p for p, s in zip(leaders, squared, strict=True) if s == squared.min())
        else:
            stands[i] = i
            leaders.append(i)
    return stands


@pytest.mark.parametrize("kept", [(), (0, 5, 400)])
@pytest.mark.parametrize(("n", "d", "values"), [(900, 2, 40), (1200, 5, 8), (500, 12, 3), (300, 1, 90)])
def test_on_integers_the_groups_are_the_naive_ones(n, d, values, kept, monkeypatch):
    from tamis.selection.kernels import duplicates

    monkeypatch.setattr(duplicates, "BLOCK", 128)
    vectors = np.random.default_rng(0).integers(0, values, size=(n, d)).astype(np.float32)
    kept = tuple(position for position in kept if position < n)
    expected = naive(vectors, 2.0, kept)
    ranking = rank(vectors, {"strategy": "deduplicate", "distance": 2.0}, preselected=list(kept))
    assert np.array_equal(ranking.groups, expected[ranking.order])


def blobs(n, d, seed=1):
    generator = np.random.default_rng(seed)
    centres = generator.normal(size=(12, d)) * 3
    widths = generator.uniform(0.5, 1.5, 12)
    of = generator.integers(0, 12, n)
    return (centres[of] + generator.normal(size=(n, d)) * widths[of, None]).astype(np.float32)


@pytest.mark.parametrize("d", [4, 12, 32, 128])
@pytest.mark.parametrize("share", [0.02, 0.25, 0.5])
def test_planted_near_duplicates_are_removed_and_others_are_not(d, share):
    vectors = blobs(3000, d)
    squared = ((vectors[:500, None] - vectors[None, :500]) ** 2).sum(axis=2)
    usual = float(np.median(np.sqrt(np.sort(squared, axis=1)[:, 1])))
    everything, copy_of = planted(vectors, share, noise=0.02 * usual / d**0.5)
    ranking = rank(everything, "deduplicate")
    stands = np.empty(len(everything), np.int64)
    stands[ranking.order] = ranking.groups
    copies = np.flatnonzero(copy_of >= 0)
    together = stands[copies] == stands[copy_of[copies]]
    removed = (stands != np.arange(len(stands))).sum()
    assert together.mean() >= 0.95
    assert removed - together.sum() < 0.02 * len(vectors)


def test_real_digits_with_planted_copies(mnist):
    vectors = mnist[0][::4]
    everything, copy_of = planted(vectors, 0.25, noise=0.05 * vectors.std(axis=0))
    ranking = rank(everything, "deduplicate")
    stands = np.empty(len(everything), np.int64)
    stands[ranking.order] = ranking.groups
    copies = np.flatnonzero(copy_of >= 0)
    together = stands[copies] == stands[copy_of[copies]]
    assert together.mean() >= 0.95
    assert (stands != np.arange(len(stands))).sum() - together.sum() < 0.02 * len(vectors)


def test_those_that_stand_come_first_as_in_coreset_and_are_farther_apart_than_the_distance():
    vectors = blobs(800, 3)
    ranking = rank(vectors, {"strategy": "deduplicate", "distance": 0.4}, 800)
    own = int((ranking.groups == ranking.order).sum())
    assert (ranking.groups[:own] == ranking.order[:own]).all()
    assert (ranking.importance[:own] > 0.4).all()
    assert (ranking.importance[own:] <= 0.4).all()
    assert ranking.greedy_until == 800
    standing = np.sort(ranking.order[:own])
    assert rank(vectors, "coreset", candidates=standing).order.tolist() == ranking.order[:own].tolist()


def test_samples_near_a_preselected_one_are_its_duplicates():
    vectors = np.array([[0.0], [0.1], [5.0], [5.2], [9.0]], np.float32)
    ranking = rank(vectors, {"strategy": "deduplicate", "distance": 0.5}, preselected=[3])
    assert ranking.order.tolist() == [0, 4, 2, 1]
    assert ranking.groups.tolist() == [0, 4, 3, 0]


def test_a_distance_of_zero_removes_exact_duplicates_only():
    vectors = np.repeat(blobs(300, 5), 2, axis=0)
    vectors[1::4] += 1e-3
    ranking = rank(vectors, {"strategy": "deduplicate", "distance": 0.0})
    assert (ranking.groups == ranking.order).sum() == 300 + 150


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_the_default_distance_follows_the_scale(scale):
    vectors = planted(blobs(800, 6), 0.2, 1e-3)[0]
    one, other = rank(vectors, "deduplicate"), rank(vectors * np.float32(scale), "deduplicate")
    assert (one.groups == one.order).sum() == (other.groups == other.order).sum()
