"""Compile the selection kernels once, so that no test and no first run waits for it."""

import numpy as np

from tamis.selection import coverage, parse_strategy, rank, strategies


def main() -> None:
    """Run every strategy on a few vectors, with and without samples that are kept already."""
    vectors = np.random.default_rng(0).normal(size=(64, 32)).astype(np.float32)
    scores, labels = np.ones(len(vectors), np.float32), np.zeros(len(vectors), np.int64)
    for name in strategies:
        for preselected in (None, [0, 1]):
            if preselected or "preselected" not in parse_strategy(name).needs:
                ranking = rank(vectors, name, 4, preselected=preselected, scores=scores, labels=labels)
    coverage(vectors, ranking.order[:4], [1, 4])


if __name__ == "__main__":
    main()
