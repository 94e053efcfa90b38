"""The benchmark's own arithmetic: labels saved, and near-duplicates planted as it says."""

import numpy as np
import pytest

from benchmarks import label_efficiency as benchmark
from benchmarks import labelled


def test_labels_saved_is_the_budget_at_which_random_gets_there():
    accuracies = np.linspace(0.1, 0.9, len(benchmark.RANDOM_KS))[None]
    for place, k in enumerate(benchmark.RANDOM_KS):
        assert benchmark.saved(accuracies, accuracies[0, place], 10) == f"{k / 10:.1f}"
    assert benchmark.saved(accuracies, 0.95, 10) == ">128.0"
    assert benchmark.saved(accuracies, 0.05, 10) == "<0.5"


def test_where_random_gets_no_better_the_first_budget_counts():
    accuracies = np.array([[0.2, 0.5] + [0.5] * (len(benchmark.RANDOM_KS) - 2)])
    assert benchmark.saved(accuracies, 0.5, 7) == "1.0"


def test_planted_copies_are_near_what_they_are_copies_of():
    generator = np.random.default_rng(0)
    vectors, labels = generator.normal(size=(12_000, 8)).astype(np.float32), np.arange(12_000) % 10
    split = labelled.long_tailed(vectors, labels, 0)
    copies = np.flatnonzero(split.copy_of >= 0)
    originals = split.copy_of[copies]
    assert len(copies) == (len(split.pool) - len(copies)) // 4
    assert np.abs(split.pool[copies] - split.pool[originals]).max() < 0.4
    assert (split.labels[copies] == split.labels[originals]).all()
    assert np.bincount(split.truth).tolist() == [150] * 10


@pytest.mark.parametrize("name", ["random", "representative"])
def test_every_measure_has_a_value_at_every_k(name):
    split = labelled.halved(
        np.random.default_rng(0).normal(size=(900, 3)).astype(np.float32), np.arange(900) % 3, 700, 0
    )
    found = benchmark.measure(name, split, 0)
    expected = [k for k in (benchmark.RANDOM_KS if name == "random" else benchmark.KS) if k <= 700]
    assert {key: len(values) for key, values in found.items()} == dict.fromkeys(
        ("accuracy", "classes", "radius"), len(expected)
    )
