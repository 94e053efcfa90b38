"""Balance keeps the counts of classes as near to their targets as whole numbers allow."""

import json

import numpy as np
import pytest

from tamis.model.errors import Invalid
from tamis.selection import rank

GENERATOR = np.random.default_rng(0)
LABELS = GENERATOR.permutation(np.repeat([4, 7, 9], [400, 150, 50]))
VECTORS = GENERATOR.normal(size=(600, 4)).astype(np.float32)


def counts(ranking, k):
    return [int((LABELS[ranking.order[:k]] == label).sum()) for label in (4, 7, 9)]


def test_without_targets_all_classes_have_the_same_share_while_they_last():
    ranking = rank(VECTORS, "balance", labels=LABELS)
    assert counts(ranking, 3) == [1, 1, 1]
    assert counts(ranking, 150) == [50, 50, 50]
    assert counts(ranking, 350) == [150, 150, 50]


@pytest.mark.parametrize("k", [1, 2, 3, 7, 10, 50, 100])
def test_the_counts_are_within_one_of_the_targets(k):
    shares = np.array([0.2, 0.5, 0.3])
    targets = dict(zip((4, 7, 9), (shares * 10).tolist(), strict=True))
    ranking = rank(VECTORS, {"strategy": "balance", "targets": targets}, 120, labels=LABELS)
    assert np.abs(counts(ranking, k) - shares * k).max() < 1


def test_preselected_samples_count_for_their_class():
    kept = np.flatnonzero(LABELS == 4)[:20]
    ranking = rank(VECTORS, "balance", 40, labels=LABELS, preselected=kept)
    assert counts(ranking, 40) == [0, 20, 20]


def test_classes_without_a_target_come_last():
    ranking = rank(VECTORS, {"strategy": "balance", "targets": {9: 1}}, 60, labels=LABELS)
    assert counts(ranking, 50) == [0, 0, 50]
    assert (ranking.importance[50:] == 0).all()


@pytest.mark.parametrize("within", ["representative", "coreset", "random"])
def test_within_a_class_the_order_is_that_of_the_strategy(within):
    ranking = rank(VECTORS, {"strategy": "balance", "within": within}, 90, labels=LABELS, seed=3)
    for label in (4, 7, 9):
        members = np.flatnonzero(label == LABELS)
        mine = [position for position in ranking.order[:90] if LABELS[position] == label]
        assert mine == rank(VECTORS, within, 30, candidates=members, seed=3).order[:30].tolist()


@pytest.mark.parametrize(
    ("strategy", "given", "says"),
    [
        ("balance", {}, "'balance' needs labels"),
        ({"strategy": "balance", "targets": {4: 0.0}}, {"labels": LABELS}, "sum up to 0"),
        ({"strategy": "balance", "targets": {4: -1.0}}, {"labels": LABELS}, "'targets.4'"),
    ],
)
def test_wrong_targets_are_refused(strategy, given, says):
    with pytest.raises(Invalid, match=says):
        rank(VECTORS, strategy, **given)


def test_targets_survive_being_written_down():
    strategy = {"strategy": "balance", "targets": {4: 0.5, 9: 2.0}}
    ranking = rank(VECTORS, strategy, 30, labels=LABELS)
    written = json.loads(json.dumps(ranking.strategy))
    assert rank(VECTORS, written, 30, labels=LABELS).order.tolist() == ranking.order.tolist()
