"""Similarity is a stable sort by distance to the examples."""

import numpy as np
import pytest

from tamis.model.errors import Invalid
from tamis.selection import rank

VECTORS = np.random.default_rng(0).normal(size=(400, 5)).astype(np.float32)


def test_the_nearest_to_any_example_comes_first():
    examples = [7, 90, 200]
    ranking = rank(VECTORS, "similarity", preselected=examples)
    x = VECTORS.astype(np.float64)
    distance = np.sqrt(((x[:, None] - x[examples][None]) ** 2).sum(axis=2)).min(axis=1)
    assert ranking.order.tolist() == [i for i in np.argsort(distance, kind="stable") if i not in examples]
    assert ranking.importance == pytest.approx(1 / (1 + distance[ranking.order]), rel=1e-5)


def test_duplicates_of_an_example_have_an_importance_of_one_and_come_by_position():
    ranking = rank(np.tile(VECTORS[:50], (3, 1)), "similarity", preselected=[10])
    assert ranking.order[:2].tolist() == [60, 110]
    assert ranking.importance[:2].tolist() == [1, 1]


def test_missing_examples_are_asked_for():
    with pytest.raises(Invalid, match="'similarity' needs preselected"):
        rank(VECTORS, "similarity")
