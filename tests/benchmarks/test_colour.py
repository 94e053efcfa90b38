"""The benchmark of colour and shape: its own arithmetic, on vectors that know one of the two."""

import numpy as np

from benchmarks import colour
from benchmarks.labelled import Floats


def data(emoji: int) -> colour.Toned:
    return colour.Toned(
        np.zeros((5 * emoji, 1, 1, 3), np.uint8), np.tile(np.arange(5), emoji), np.repeat(np.arange(emoji), 5)
    )


def vectors_of(labels: np.ndarray, noise: float) -> Floats:
    generator = np.random.default_rng(0)
    centres = generator.normal(size=(labels.max() + 1, 16))
    return (centres[labels] + noise * generator.normal(size=(len(labels), 16))).astype(np.float32)


def test_vectors_of_tones_tell_the_colour_and_vectors_of_emoji_the_shape():
    one = data(30)
    tone, shape = colour.scores(vectors_of(one.tones, 0.01), one)
    assert tone == 1.0 and shape < 0.2
    tone, shape = colour.scores(vectors_of(one.emoji, 0.01), one)
    assert tone < 0.5 and shape == 1.0


def test_the_scores_are_those_of_plain_loops():
    one = data(12)
    vectors = vectors_of(one.tones, 1.0)
    unit = vectors - vectors.mean(axis=0)
    unit /= np.linalg.norm(unit, axis=1, keepdims=True)
    tones = shapes = 0.0
    for index, vector in enumerate(unit):
        order = [each for each in np.argsort(-(unit @ vector)) if each != index]
        others = [each for each in order if one.emoji[each] != one.emoji[index]][:5]
        tones += np.bincount(one.tones[others], minlength=5).argmax() == one.tones[index]
        shapes += np.mean(one.emoji[order[:4]] == one.emoji[index])
    np.testing.assert_allclose(colour.scores(vectors, one), (tones / 60, shapes / 60))
