"""Scores map certain to 0 and undecided to 1, and agree with their formulas."""

import numpy as np
import pytest

from tamis.model.errors import Invalid
from tamis.selection import rank, scores

SCORERS = [scores.least_confidence, scores.margin, scores.entropy]


@pytest.mark.parametrize("scorer", SCORERS)
@pytest.mark.parametrize("classes", [2, 3, 10])
def test_certain_is_0_and_undecided_is_1(scorer, classes):
    found = scorer(np.concatenate([np.eye(classes), np.full((1, classes), 1 / classes)]))
    assert found == pytest.approx([0] * classes + [1], abs=1e-6)
    assert found.dtype == np.float32


def test_the_formulas():
    p = [[0.5, 0.3, 0.2], [0.7, 0.3, 0.0]]
    assert scores.least_confidence(p) == pytest.approx([0.75, 0.45])
    assert scores.margin(p) == pytest.approx([0.8, 0.6])
    expected = [-sum(x * np.log2(x) for x in row if x) / np.log2(3) for row in p]
    assert scores.entropy(p) == pytest.approx(expected)


@pytest.mark.parametrize(
    "wrong", [[0.5, 0.5], [[1.0]], [[0.5, 0.6]], [[1.5, -0.5]], [[np.nan, 1.0]], np.zeros((2, 2, 2))]
)
def test_what_are_no_probabilities_is_refused(wrong):
    with pytest.raises(Invalid, match="probabilities"):
        scores.entropy(wrong)


def test_objects_count_less_when_their_class_repeats():
    # 1 + 1 + 0.25 = 2.25 objects, 1.5, none
    found = scores.object_frequency([[3, 5, 3], [2, 2, 2], []])
    assert found == pytest.approx([1.0, 0.9 + 0.1 * 1.5 / 2.25, 0.9])
    assert scores.object_frequency([[1], [2]]).tolist() == [1, 1]
    assert scores.object_frequency([]).tolist() == []


def test_objectness_is_one_less_the_mean_confidence():
    assert scores.objectness_least_confidence([[0.5, 1.0], [], [0.1]]) == pytest.approx([0.25, 0, 0.9])
    with pytest.raises(Invalid, match="image 1"):
        scores.objectness_least_confidence([[0.5], [2.0]])


@pytest.mark.parametrize("scorer", SCORERS)
def test_an_image_scores_as_its_least_certain_object(scorer):
    images = [[[1.0, 0.0], [0.6, 0.4]], [], [[0.5, 0.5]]]
    found = scores.highest_of_objects(images, scorer)
    assert found == pytest.approx([scorer([[0.6, 0.4]])[0], 0, 1], abs=1e-6)


def test_scores_of_predictions_rank_the_undecided_first():
    p = np.array([[0.9, 0.1], [0.5, 0.5], [0.7, 0.3]])
    ranking = rank(np.eye(3), "uncertainty", scores=scores.margin(p))
    assert ranking.order.tolist() == [1, 2, 0]
