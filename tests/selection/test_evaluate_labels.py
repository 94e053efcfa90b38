"""What labels tell of a ranking agrees with its definition and with another implementation."""

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from tamis.model.errors import Invalid
from tamis.selection import (
    ClassCoverage,
    class_coverage,
    linear_probe_accuracy,
    nearest_neighbour_accuracy,
)

X, ZEROS = np.zeros((400, 3), np.float32), np.zeros(400, int)


def test_classes_are_counted_and_weighed_by_their_entropy():
    labels = [7, 7, 7, 2, 2, -5, 9]
    found = class_coverage(labels, [0, 3, 5, 6, 1], [5, 1, 4])
    assert found == [
        ClassCoverage(1, 1, 0.0),
        ClassCoverage(4, 4, 1.0),
        ClassCoverage(5, 4, pytest.approx((2 / 5 * np.log(5 / 2) + 3 / 5 * np.log(5)) / np.log(4))),
    ]
    assert class_coverage([3, 3], [1], [1]) == [ClassCoverage(1, 1, 1.0)]


def test_accuracy_is_the_share_of_right_nearest_neighbours():
    train, labels = np.array([[0.0], [10.0]]), np.array([3, 4])
    assert nearest_neighbour_accuracy(train, labels, [[1.0], [9.0], [4.0], [6.0]], [3, 4, 3, 3]) == 0.75


@pytest.mark.parametrize("n_train", [30, 300])
def test_the_linear_probe_agrees_with_another_implementation(n_train):
    pixels, labels = load_digits(return_X_y=True)
    train, test = slice(0, n_train), slice(900, 1700)
    scaler = StandardScaler().fit(pixels[train])
    other = LogisticRegression(C=1.0, max_iter=2000, tol=1e-8)
    other.fit(scaler.transform(pixels[train]), labels[train])
    expected = other.score(scaler.transform(pixels[test]), labels[test])
    ours = linear_probe_accuracy(pixels[train], labels[train] + 5, pixels[test], labels[test] + 5)
    assert ours == pytest.approx(expected, abs=0.004)


def test_one_class_is_all_that_a_probe_of_one_class_knows():
    assert linear_probe_accuracy(X[:5], [4] * 5, X[:4], [4, 4, 4, 5]) == 0.75


@pytest.mark.parametrize("accuracy", [nearest_neighbour_accuracy, linear_probe_accuracy])
@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((X, ZEROS, X[:, :2], ZEROS), "differ"),
        ((X, np.zeros(4, int), X, ZEROS), "400 integers"),
        ((X, ZEROS, X[:0], ZEROS[:0]), "hold no samples"),
        ((X, None, X, ZEROS), "needs labels"),
    ],
)
def test_what_has_no_accuracy_is_refused(accuracy, arguments, says):
    with pytest.raises(Invalid, match=says):
        accuracy(*arguments)


@pytest.mark.parametrize(
    ("labels", "order", "ks", "says"),
    [
        ([1, 2], [0], [2], "between 1 and the 1"),
        ([1, 2], [0], [0], "between 1"),
        ([1, 2], [0], [], "between 1"),
        ([1, 2], [2], [1], "order hold 2"),
        (np.zeros(0, int), [], [1], "no labels"),
        ([0.5, 1.0], [0], [1], "integers"),
    ],
)
def test_what_has_no_classes_to_count_is_refused(labels, order, ks, says):
    with pytest.raises(Invalid, match=says):
        class_coverage(labels, order, ks)
