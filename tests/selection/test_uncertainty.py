"""Uncertainty is a stable sort by score."""

import numpy as np
import pytest

from tamis.model.errors import Invalid
from tamis.selection import rank

VECTORS = np.random.default_rng(0).normal(size=(400, 5)).astype(np.float32)


def test_the_highest_score_comes_first_and_ties_go_to_the_lowest_position():
    ranking = rank(VECTORS[:6], "uncertainty", scores=[-1.0, 7.5, 0.0, 7.5, 2.0, -1.0])
    assert ranking.order.tolist() == [1, 3, 4, 2, 0, 5]
    assert ranking.importance.tolist() == [7.5, 7.5, 2.0, 0.0, -1.0, -1.0]
    assert ranking.greedy_until == 6


def test_scores_of_samples_outside_the_pool_do_not_matter():
    ranking = rank(VECTORS[:6], "uncertainty", scores=range(6), candidates=[0, 2, 3], preselected=[5])
    assert ranking.order.tolist() == [3, 2, 0]


def test_missing_scores_are_asked_for():
    with pytest.raises(Invalid, match="'uncertainty' needs scores"):
        rank(VECTORS, "uncertainty")
