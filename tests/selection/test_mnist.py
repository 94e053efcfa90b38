"""Acceptance on real images: few representative digits teach more than as many random ones."""

import numpy as np

from tamis.selection import nearest_neighbour_accuracy, rank

KS = (10, 20, 50)


def accuracies(ranking, pool, labels, test, truth):
    picks = [ranking.order[:k] for k in KS]
    return [nearest_neighbour_accuracy(pool[pick], labels[pick], test, truth) for pick in picks]


def test_representative_beats_random_in_nearest_neighbour_accuracy(mnist, capsys):
    vectors, labels = mnist
    found = {"representative": [], "random": [], "coreset": []}
    for split in range(5):
        order = np.random.default_rng(split).permutation(len(vectors))
        train, test = order[:8000], order[8000:]
        for name, rows in found.items():
            ranking = rank(vectors[train], name, max(KS), seed=split)
            rows.append(accuracies(ranking, vectors[train], labels[train], vectors[test], labels[test]))
    means = {name: np.mean(rows, axis=0) for name, rows in found.items()}
    with capsys.disabled():
        print("\n1-NN accuracy at k =", *KS)
        for name, mean in means.items():
            print(f"  {name:15}", *(f"{value:.3f}" for value in mean))
    assert (means["representative"] > means["random"]).all()
