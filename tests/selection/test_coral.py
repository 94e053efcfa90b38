"""Coral is the naive greedy choice by distance times score."""

import numpy as np
import pytest

from tamis.model.errors import Invalid
from tamis.selection import rank


def naive(vectors, scores, k, strength=1.0, kept=()):
    x = vectors.astype(np.float64)
    weight = (np.asarray(scores, np.float64) / max(scores)) ** strength
    nearest = np.full(len(x), np.inf)
    for position in kept:
        nearest = np.minimum(nearest, np.sqrt(((x - x[position]) ** 2).sum(axis=1)))
    order = []
    for _ in range(k):
        if not order and not len(kept):
            from_mean = ((len(x) * x - x.sum(axis=0)) ** 2).sum(axis=1)
            order.append(int(np.lexsort((from_mean, -weight))[0]))
        else:
            product = nearest * weight
            product[[*order, *kept]] = -1
            order.append(int(product.argmax()))
        nearest = np.minimum(nearest, np.sqrt(((x - x[order[-1]]) ** 2).sum(axis=1)))
    return order


@pytest.mark.parametrize("kept", [[], [2], [0, 40, 41]])
@pytest.mark.parametrize("strength", [0.5, 1.0, 3.0])
def test_the_order_is_the_naive_one(kept, strength):
    generator = np.random.default_rng(1)
    vectors = generator.normal(size=(500, 6)).astype(np.float32)
    scores = generator.random(500).astype(np.float32)
    ranking = rank(vectors, {"strategy": "coral", "strength": strength}, 80, scores=scores, preselected=kept)
    assert ranking.order[:80].tolist() == naive(vectors, scores, 80, strength, kept)


def test_strength_zero_and_equal_scores_are_coreset():
    vectors = np.random.default_rng(2).integers(0, 9, size=(600, 4)).astype(np.float32)
    expected = rank(vectors, "coreset", 100).order[:100].tolist()
    scores = np.random.default_rng(3).random(600)
    calm = rank(vectors, {"strategy": "coral", "strength": 0}, 100, scores=scores)
    equal = rank(vectors, "coral", 100, scores=np.full(600, 0.25))
    nothing = rank(vectors, "coral", 100, scores=np.zeros(600))
    for ranking in (calm, equal, nothing):
        assert ranking.order[:100].tolist() == expected


def test_a_large_strength_is_uncertainty():
    vectors = np.random.default_rng(2).normal(size=(60, 4)).astype(np.float32)
    scores = np.linspace(0.1, 1, 60) ** 2
    ranking = rank(vectors, {"strategy": "coral", "strength": 100}, 10, scores=scores)
    assert ranking.order[:10].tolist() == list(range(59, 49, -1))


def test_a_score_of_zero_comes_last():
    vectors = np.random.default_rng(2).normal(size=(200, 4)).astype(np.float32)
    scores = np.ones(200)
    scores[::4] = 0
    ranking = rank(vectors, "coral", scores=scores)
    assert ranking.order[150:].tolist() == list(range(0, 200, 4))


def test_negative_scores_are_refused():
    with pytest.raises(Invalid, match="-2 at position 3"):
        rank(np.eye(5), "coral", scores=[1, 1, 1, -2, 1])
