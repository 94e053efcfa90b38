"""The benchmark of dimensions: its own arithmetic, and that the picture shows the numbers."""

import xml.etree.ElementTree as ElementTree
from collections import Counter

import numpy as np

from benchmarks import dimensions, panels
from benchmarks.labelled import Split


def split(seed: int) -> Split:
    generator = np.random.default_rng(seed)
    labels = generator.integers(0, 3, 260)
    vectors = (generator.normal(size=(260, 12)) + 2 * labels[:, None]).astype(np.float32)
    return Split(vectors[:220], labels[:220], vectors[220:], labels[220:])


def test_five_neighbours_vote_as_in_a_plain_loop():
    one = split(0)
    right = 0
    for vector, truth in zip(one.test, one.truth, strict=True):
        nearest = np.argsort(((one.pool - vector) ** 2).sum(axis=1))[:5]
        votes = Counter(one.labels[nearest].tolist())
        right += min(votes, key=lambda label: (-votes[label], label)) == truth
    assert dimensions.k_nearest(one.pool, one, one.test) == right / len(one.truth)


def test_labels_are_looked_up_in_full_vectors_whatever_chose_them():
    splits = [split(1), split(2)]
    full = dimensions.measure(splits, None)
    assert full.dimensions == "full"
    few = dimensions.measure(splits, 2)
    assert [len(few.neighbours), len(few.labelled[50])] == [2, 2]
    assert all(found.mean() > 0.8 for row in (full, few) for found in row.labelled.values())
    whole = dimensions.taught(splits[0], np.arange(220))
    assert dimensions.at_random(splits, 220)[0] == whole  # all labels, whoever chooses them


def test_a_picture_shows_each_number_at_its_height():
    svg = panels.draw("Title", ["8", "full"], "dimensions", [("Share", {"one": [0.5, 1.0]})])
    root = ElementTree.fromstring(svg)
    circles = [each for each in root.iter() if each.tag.endswith("circle")]
    base, top = panels.HEIGHT - panels.BOTTOM, panels.TOP
    assert [float(each.get("cy", "nan")) for each in circles] == [(base + top) / 2, top]
