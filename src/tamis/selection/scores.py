"""Scores from predictions, for the strategies that use scores: 0 = sure, 1 = as unsure as can be.

Of a classifier, one row of class probabilities per sample. Of a detector, what it found in each image: one
list of boxes per image, with a confidence, a class or class probabilities each.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tamis.model.errors import Invalid

Scores = NDArray[np.float32]
Scorer = Callable[[ArrayLike], Scores]

_TOLERANCE = 1e-3


def least_confidence(probabilities: ArrayLike) -> Scores:
    """Return how far the most likely class is from certain: (1 - p1) * c / (c - 1) for c classes."""
    table = _probabilities(probabilities)
    classes = table.shape[1]
    scores: Scores = ((1 - table.max(axis=1)) * classes / (classes - 1)).astype(np.float32)
    return scores


def margin(probabilities: ArrayLike) -> Scores:
    """Return how near the two most likely classes are: 1 - (p1 - p2)."""
    top = np.sort(_probabilities(probabilities), axis=1)
    scores: Scores = (1 - (top[:, -1] - top[:, -2])).astype(np.float32)
    return scores


def entropy(probabilities: ArrayLike) -> Scores:
    """Return how spread the probabilities are: -sum p log p / log c for c classes."""
    table = _probabilities(probabilities)
    terms = table * np.log(table, out=np.zeros_like(table), where=table > 0)
    scores: Scores = (-terms.sum(axis=1) / np.log(table.shape[1])).clip(0, 1).astype(np.float32)
    return scores


def object_frequency(
    classes: Sequence[ArrayLike], *, frequency_penalty: float = 0.25, lowest: float = 0.9
) -> Scores:
    """Return how many objects of how many classes each image shows, scaled from `lowest` to 1.

    The first object of a class counts 1, each further one of the same class `frequency_penalty`.

    Args:
        classes: the classes of the objects of each image, whole numbers.
        frequency_penalty: what a repeated class counts.
        lowest: the score of the image with least; 0.9 keeps it a gentle weight. All equal: 1.
    """
    if not 0 <= lowest <= 1 or not 0 <= frequency_penalty <= 1:
        raise Invalid("lowest and frequency_penalty must be from 0 to 1.")
    counts = np.zeros(len(classes))
    for image, found in enumerate(classes):
        objects = np.asarray(found)
        distinct = len(np.unique(objects))
        counts[image] = distinct + frequency_penalty * (objects.size - distinct)
    spread = np.ptp(counts) if len(counts) else 0.0
    if spread == 0:
        return np.ones(len(counts), np.float32)
    scores: Scores = (lowest + (1 - lowest) * (counts - counts.min()) / spread).astype(np.float32)
    return scores


def objectness_least_confidence(confidences: Sequence[ArrayLike]) -> Scores:
    """Return 1 less the mean confidence of the objects of each image; 0 for an image without objects."""
    scores = np.zeros(len(confidences), np.float32)
    for image, found in enumerate(confidences):
        values = np.asarray(found, np.float64).ravel()
        if not ((values >= 0) & (values <= 1)).all():
            raise Invalid(f"A confidence of image {image} is not from 0 to 1.", field="confidences")
        if values.size:
            scores[image] = 1 - values.mean()
    return scores


def highest_of_objects(probabilities: Sequence[ArrayLike], scorer: Scorer = least_confidence) -> Scores:
    """Return the highest score of any object of each image; 0 for an image without objects.

    Args:
        probabilities: the class probabilities of the objects of each image, (objects, classes).
        scorer: `least_confidence`, `margin` or `entropy`.
    """
    scores = np.zeros(len(probabilities), np.float32)
    for image, found in enumerate(probabilities):
        if np.asarray(found).size:
            scores[image] = scorer(found).max()
    return scores


def _probabilities(probabilities: ArrayLike) -> NDArray[np.float64]:
    table = np.asarray(probabilities, np.float64)
    if table.ndim != 2 or table.shape[1] < 2:
        raise Invalid(
            f"probabilities must be of shape (samples, at least 2 classes), not {table.shape}.",
            field="probabilities",
        )
    good = np.isfinite(table).all(axis=1) & (table >= 0).all(axis=1)
    good &= np.abs(table.sum(axis=1) - 1) <= _TOLERANCE
    if not good.all():
        raise Invalid(
            f"The probabilities of row {np.flatnonzero(~good)[0]} are not from 0 to 1 with a sum of 1.",
            field="probabilities",
        )
    return table
