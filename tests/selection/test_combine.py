"""Combine is the naive greedy choice of its documented sum, and with one weight the simpler strategy."""

import numpy as np
import pytest

from tamis.model.errors import Invalid
from tamis.selection import rank

GENERATOR = np.random.default_rng(0)
VECTORS = GENERATOR.normal(size=(500, 5)).astype(np.float32)
SCORES = GENERATOR.random(500)
LABELS = GENERATOR.integers(0, 4, 500)


def distances(x, kept):
    return np.sqrt(((x[:, None] - x[list(kept)][None]) ** 2).sum(axis=2)).min(axis=1)


def naive(weights, k, kept=()):
    """Evaluate the sum of the docstring anew for each pick, in float64."""
    x = VECTORS.astype(np.float64)
    left = np.setdiff1d(np.arange(500), kept)
    full = np.sqrt(((x[:, None] - x[None]) ** 2).sum(axis=2))
    last = np.sort(full, axis=1)[:, 20]
    typical = np.median(last[left]) / (np.median(last[left]) + last)
    scores = (SCORES - SCORES[left].min()) / np.ptp(SCORES[left])
    chosen, sums, scale = list(kept), [], distances(x, kept)[left].max() if kept else None
    alike = 1 - distances(x, kept) / scale if kept else 0
    for _ in range(k):
        counts = np.bincount(LABELS[chosen], minlength=4)
        spread = distances(x, chosen) if chosen else np.ones(500)
        scale = scale or (spread.max() if chosen else None)
        total = (
            weights.get("diversity", 0) * spread / (scale or 1)
            + weights.get("typicality", 0) * typical
            + weights.get("score", 0) * scores
            + weights.get("similarity", 0) * alike
            + weights.get("balance", 0) / (1 + counts[LABELS])
        )
        total[chosen] = -1
        chosen.append(int(total.argmax()))
        sums.append(total.max())
    return chosen[len(kept) :], sums


@pytest.mark.parametrize(
    ("weights", "kept"),
    [
        ({"diversity": 1.0, "typicality": 1.0}, []),
        ({"diversity": 2.0, "typicality": 0.5, "score": 1.0}, []),
        ({"diversity": 1.0, "typicality": 0.0, "score": 0.5, "balance": 3.0}, [5, 6, 7]),
        ({"diversity": 0.5, "typicality": 1.0, "score": 1.0, "similarity": 2.0, "balance": 0.5}, [1, 400]),
    ],
)
def test_the_order_is_the_naive_one(weights, kept):
    ranking = rank(
        VECTORS, {"strategy": "combine", **weights}, 60, scores=SCORES, labels=LABELS, preselected=kept
    )
    order, sums = naive(weights, 60, kept)
    assert ranking.order[:60].tolist() == order
    assert ranking.importance[:60] == pytest.approx(sums, rel=1e-4)
    assert (np.diff(ranking.importance) <= 0).all()


def only(name):
    return {"strategy": "combine", "diversity": 0.0, "typicality": 0.0, name: 1.0}


def test_one_weight_is_one_strategy():
    kept = [3, 8]
    given = {"scores": SCORES, "labels": LABELS, "preselected": kept}
    for name, strategy in (("diversity", "coreset"), ("score", "uncertainty"), ("similarity", "similarity")):
        ranking = rank(VECTORS, only(name), 50, **given)
        assert ranking.order[:50].tolist() == rank(VECTORS, strategy, 50, **given).order[:50].tolist()
    balanced = rank(VECTORS, only("balance"), 40, **given)
    assert np.bincount(LABELS[[*kept, *balanced.order[:38]]]).tolist() == [10] * 4


@pytest.mark.parametrize(
    ("name", "needs"), [("score", "scores"), ("balance", "labels"), ("similarity", "preselected")]
)
def test_a_weight_needs_what_it_weighs(name, needs):
    with pytest.raises(Invalid, match=f"'combine' needs {needs}"):
        rank(VECTORS, only(name))


def test_no_weight_at_all_is_refused():
    with pytest.raises(Invalid, match="at least one weight"):
        rank(VECTORS, {"strategy": "combine", "diversity": 0, "typicality": 0})
