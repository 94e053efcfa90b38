"""How many dimensions does selection need? `python -m benchmarks.dimensions [--splits N] [--picture FILE]`

The classic platform held that few dimensions are enough. Two real sets, five splits: MNIST (the pixels are
the full vectors) and the demo's emoji (Lite0 features are). Each pool is reduced as Tamis does, to the first
d half-whitened principal components of the pool alone, and then

- 5-NN: five nearest neighbours in d dimensions, asked about the held-out samples;
- 50 labels, 200 labels: `representative` chooses in d dimensions, but the nearest labeled sample is looked up
  in full vectors, so that a row differs from the next by the choice only; random chooses without dimensions;
- seconds: `coreset` and `representative`, 200 samples of the pool, best of three.
"""

import argparse
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks import machine, panels
from benchmarks.labelled import Floats, Split, emoji_features, halved, mnist_pixels
from tamis.projection import fit_basis
from tamis.selection import nearest_neighbour_accuracy, rank

DIMENSIONS = (8, 16, 32, 64, None)
BUDGETS = (50, 200)
NEIGHBOURS = 5
TIMED = ("coreset", "representative")


@dataclass(frozen=True)
class Row:
    """One number of dimensions: shares of right answers by split (splits,), and wall seconds."""

    dimensions: str
    neighbours: NDArray[np.float64]
    labelled: dict[int, NDArray[np.float64]]
    seconds: dict[str, float]


def measure(splits: Sequence[Split], dimensions: int | None) -> Row:
    """Measure one number of dimensions; None stands for the full vectors."""
    neighbours: list[float] = []
    labelled: dict[int, list[float]] = {budget: [] for budget in BUDGETS}
    for split in splits:
        pool, test = reduced(split, dimensions)
        neighbours.append(k_nearest(pool, split, test))
        order = rank(pool, n_samples=max(BUDGETS)).order
        for budget in BUDGETS:
            labelled[budget].append(taught(split, order[:budget]))
    return Row(
        "full" if dimensions is None else str(dimensions),
        np.array(neighbours),
        {budget: np.array(found) for budget, found in labelled.items()},
        {name: min(seconds(pool, name) for _ in range(3)) for name in TIMED},
    )


def reduced(split: Split, dimensions: int | None) -> tuple[Floats, Floats]:
    """Return pool and test in d dimensions; the pool alone decides which."""
    if dimensions is None:
        return split.pool, split.test
    basis = fit_basis([split.pool], dimensions)
    return basis.apply(split.pool), basis.apply(split.test)


def k_nearest(pool: Floats, split: Split, test: Floats) -> float:
    """Return the share of the test whose class is the most frequent one among its neighbours in the pool."""
    distances = (pool**2).sum(axis=1) - 2 * test @ pool.T
    nearest = np.argpartition(distances, NEIGHBOURS, axis=1)[:, :NEIGHBOURS]
    votes = np.apply_along_axis(np.bincount, 1, split.labels[nearest], minlength=split.labels.max() + 1)
    return float((votes.argmax(axis=1) == split.truth).mean())


def taught(split: Split, chosen: NDArray[np.int64]) -> float:
    """Return the accuracy of the nearest labeled sample, in full vectors."""
    return nearest_neighbour_accuracy(split.pool[chosen], split.labels[chosen], split.test, split.truth)


def seconds(pool: Floats, strategy: str) -> float:
    """Return the wall seconds of one ranking."""
    started = time.perf_counter()
    rank(pool, strategy, max(BUDGETS))
    return time.perf_counter() - started


def at_random(splits: Sequence[Split], budget: int) -> NDArray[np.float64]:
    """Return what as many labels chosen by chance reach, by split; the mean of five draws each."""
    draws = [
        [taught(split, rank(split.pool, "random", seed=seed).order[:budget]) for seed in range(5)]
        for split in splits
    ]
    means: NDArray[np.float64] = np.array(draws).mean(axis=1)
    return means


def show(title: str, splits: Sequence[Split], rows: Sequence[Row]) -> None:
    """Print one table."""
    n, full = splits[0].pool.shape
    print(f"\n{title}: pool of {n:,}, {full} dimensions in full, {len(splits)} splits")
    heads = ["d", f"{NEIGHBOURS}-NN", *(f"{k} labels" for k in BUDGETS), *(f"{name}, s" for name in TIMED)]
    print("".join(f"{head:>19}" for head in heads))
    for row in rows:
        shares = [row.neighbours, *(row.labelled[budget] for budget in BUDGETS)]
        cells = [row.dimensions, *(f"{s.mean():.3f} ±{s.std():.3f}" for s in shares)]
        print("".join(f"{cell:>19}" for cell in [*cells, *(f"{row.seconds[name]:.3f}" for name in TIMED)]))
    chance = [at_random(splits, budget) for budget in BUDGETS]
    print(
        "".join(f"{cell:>19}" for cell in ["random", "", *(f"{s.mean():.3f} ±{s.std():.3f}" for s in chance)])
    )


def drawn(found: dict[str, list[Row]]) -> str:
    """Return an SVG: accuracy and seconds over the number of dimensions."""
    ticks = [row.dimensions for row in next(iter(found.values()))]
    budget = BUDGETS[0]
    return panels.draw(
        "How many dimensions selection needs",
        ticks,
        "dimensions",
        [
            (
                f"{NEIGHBOURS}-NN",
                {t: [float(r.neighbours.mean()) for r in rows] for t, rows in found.items()},
            ),
            (
                f"{budget} labels chosen by representative",
                {t: [float(r.labelled[budget].mean()) for r in rows] for t, rows in found.items()},
            ),
            ("Seconds of coreset", {t: [r.seconds["coreset"] for r in rows] for t, rows in found.items()}),
        ],
    )


def main() -> None:
    """Print the tables, and draw the picture where one is asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--splits", type=int, default=5)
    parser.add_argument("--picture", type=Path, help="write an SVG here")
    arguments = parser.parse_args()
    print(f"{machine.model()}, {machine.cores()} cores, load {machine.load()}")
    sets = {"MNIST": (*mnist_pixels(), 8000), "Emoji, Lite0": (*emoji_features(), 1500)}
    found: dict[str, list[Row]] = {}
    for title, (vectors, labels, pool) in sets.items():
        splits = [halved(vectors, labels, pool, split) for split in range(arguments.splits)]
        found[title] = [measure(splits, dimensions) for dimensions in DIMENSIONS]
        show(title, splits, found[title])
    if arguments.picture:
        arguments.picture.write_text(drawn(found), encoding="utf-8")


if __name__ == "__main__":
    main()
