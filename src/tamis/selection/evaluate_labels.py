"""How good is a ranking, with labels? Classes found, their balance, and what a model learns from it."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tamis.model.errors import Invalid
from tamis.selection.checks import as_labels, as_positions, as_vectors, whole
from tamis.selection.ranking import available_threads

PENALTY = 1.0
"""The weight of the squared coefficients of a linear probe, beside the summed loss of its samples."""


class ClassCoverage(NamedTuple):
    """Of the first k of a ranking: how many classes of the pool it holds, and how evenly.

    `balance` is the entropy of the classes among the k, divided by that of an even share of all classes of
    the pool: 1 is even, 0 is one class only.
    """

    k: int
    found: int
    balance: float


def class_coverage(labels: ArrayLike, order: ArrayLike, ks: Sequence[int]) -> list[ClassCoverage]:
    """Count the classes in each prefix of a ranking; one entry per distinct k, by rising k.

    Args:
        labels: (n,) integers, one class per sample.
        order: positions, best first.
        ks: how many of them are kept, at least 1.

    Raises:
        Invalid: the input is wrong.
    """
    known = np.asarray(labels)
    classes = _as_classes(known, len(known))
    as_positions(order, len(classes), "order")
    ranked = classes[np.asarray(order, np.int64)]
    wanted = sorted({whole(k, "ks") for k in ks})
    if not wanted or wanted[0] < 1 or wanted[-1] > len(ranked):
        raise Invalid(f"ks must lie between 1 and the {len(ranked)} samples of the ranking.", field="ks")
    most = np.log(classes.max() + 1)
    return [_class_coverage(np.bincount(ranked[:k]), k, float(most)) for k in wanted]


def nearest_neighbour_accuracy(
    train_vectors: ArrayLike, train_labels: ArrayLike, test_vectors: ArrayLike, test_labels: ArrayLike
) -> float:
    """Return the share of test samples whose nearest training sample has their label."""
    from tamis.selection.kernels.nearest import approach  # loads numba

    train, known, test, truth = _checked(train_vectors, train_labels, test_vectors, test_labels)
    squared = np.full(len(test), np.inf, np.float32)
    nearest = np.zeros(len(test), np.int64)
    approach(test, train, squared, nearest=nearest, threads=available_threads())
    return float(np.mean(known[nearest] == truth))


def linear_probe_accuracy(
    train_vectors: ArrayLike, train_labels: ArrayLike, test_vectors: ArrayLike, test_labels: ArrayLike
) -> float:
    """Return the share of test samples that a linear model of the training samples gives their label.

    The model is a multinomial logistic regression with an unpenalised intercept, fitted by L-BFGS to
    `sum of the samples' cross-entropy + PENALTY / 2 * sum of squared weights`, on vectors standardised by the
    mean and the standard deviation of the training samples.
    """
    train, known, test, truth = _checked(train_vectors, train_labels, test_vectors, test_labels)
    mean, deviation = train.mean(axis=0, dtype=np.float64), train.std(axis=0, dtype=np.float64)
    deviation[deviation == 0] = 1
    classes, targets = np.unique(known, return_inverse=True)
    weights = _fit((train - mean) / deviation, targets, len(classes))
    scores = (test - mean) / deviation @ weights[:-1] + weights[-1]
    return float(np.mean(classes[scores.argmax(axis=1)] == truth))


def _fit(samples: NDArray[np.float64], targets: NDArray[np.intp], n_classes: int) -> NDArray[np.float64]:
    """Fit weights (d + 1, n_classes); the last row is the intercept."""
    from scipy.optimize import minimize
    from scipy.special import log_softmax

    wide = np.column_stack([samples, np.ones(len(samples))])
    one_hot = np.eye(n_classes)[targets]

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        weights = flat.reshape(-1, n_classes)
        logarithms = log_softmax(wide @ weights, axis=1)
        penalised = np.vstack([weights[:-1], np.zeros(n_classes)])
        value = PENALTY / 2 * (penalised**2).sum() - (one_hot * logarithms).sum()
        slope = wide.T @ (np.exp(logarithms) - one_hot) + PENALTY * penalised
        return float(value), slope.ravel()

    start = np.zeros(wide.shape[1] * n_classes)
    found: NDArray[np.float64] = minimize(loss, start, jac=True, method="L-BFGS-B").x
    return found.reshape(-1, n_classes)


def _checked(
    train_vectors: ArrayLike, train_labels: ArrayLike, test_vectors: ArrayLike, test_labels: ArrayLike
) -> tuple[NDArray[np.float32], NDArray[np.int64], NDArray[np.float32], NDArray[np.int64]]:
    train, test = as_vectors(train_vectors, "train_vectors"), as_vectors(test_vectors, "test_vectors")
    if train.shape[1] != test.shape[1]:
        raise Invalid(f"Train and test differ in dimensions: {train.shape[1]} and {test.shape[1]}.")
    known, truth = as_labels(train_labels, len(train)), as_labels(test_labels, len(test))
    if known is None or truth is None:
        raise Invalid("Accuracy needs labels of both train and test.", field="labels")
    return train, known, test, truth


def _as_classes(labels: NDArray[np.generic], n: int) -> NDArray[np.intp]:
    known = as_labels(labels, n)
    if known is None or not n:
        raise Invalid("There are no labels to count.", field="labels")
    return np.unique(known, return_inverse=True)[1]


def _class_coverage(counts: NDArray[np.intp], k: int, most: float) -> ClassCoverage:
    shares = counts[counts > 0] / k
    entropy = float(-(shares * np.log(shares)).sum())
    return ClassCoverage(k, len(shares), entropy / most if most else 1.0)
