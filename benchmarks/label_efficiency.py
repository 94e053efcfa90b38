"""How many labels does a strategy save? `python -m benchmarks.label_efficiency`

Five splits and five seeds by default; `--splits 1 --seeds 1` for a first look.

A nearest-neighbour classifier learns from the first k samples of each ranking and is asked about samples
that were held out. Labels saved = how many labels random needs for the accuracy that k labels of a strategy
give, divided by k. All parameters are at their defaults. Means over splits and seeds, with the standard
deviation over all runs; `balance` knows the labels and shows what a perfect guess of the class would give.
"""

import argparse
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from benchmarks.labelled import Split, digits, emoji_images, halved, long_tailed, mnist_images
from tamis.selection import coverage, nearest_neighbour_accuracy, parse_strategy, rank, strategies

KS = (5, 10, 20, 50, 100, 200)
RANDOM_KS = (5, 7, 10, 14, 20, 28, 40, 57, 80, 113, 160, 226, 320, 452, 640, 905, 1280)
DETERMINISTIC = {"coreset", "deduplicate", "combine", "coverage"}


def measure(name: str, split: Split, seed: int) -> dict[str, list[float]]:
    """Rank, and return the accuracy, the classes found and the covering radius at every k."""
    ks = [k for k in (RANDOM_KS if name == "random" else KS) if k <= len(split.pool)]
    order = rank(split.pool, name, ks[-1], seed=seed, labels=split.labels).order
    chosen = [order[:k] for k in ks]
    return {
        "accuracy": [
            nearest_neighbour_accuracy(split.pool[some], split.labels[some], split.test, split.truth)
            for some in chosen
        ],
        "classes": [float(len(np.unique(split.labels[some]))) for some in chosen],
        "radius": [point.radius for point in coverage(split.pool, order, ks)],
    }


def runs(splits: list[Split], seeds: int) -> dict[str, dict[str, NDArray[np.float64]]]:
    """Return per strategy and measure a table of one row per run."""
    found = {}
    for name in strategies:
        if parse_strategy(name).needs - {"labels"}:
            continue  # there is no model here to make scores, and no example
        tables = [
            measure(name, split, seed)
            for split in splits
            for seed in range(1 if name in DETERMINISTIC else seeds)
        ]
        found[name] = {key: np.array([table[key] for table in tables]) for key in tables[0]}
    return found


def saved(random: NDArray[np.float64], reached: float, k: int) -> str:
    """Return how many times as many labels random needs, with > where it never gets there."""
    curve = np.maximum.accumulate(random.mean(axis=0))
    budgets = np.log(RANDOM_KS[: len(curve)])
    if reached > curve[-1]:
        return f">{np.exp(budgets[-1]) / k:.1f}"
    first = int(np.argmax(curve >= reached))
    if first == 0:
        return f"<{np.exp(budgets[0]) / k:.1f}" if reached < curve[0] else f"{np.exp(budgets[0]) / k:.1f}"
    share = (reached - curve[first - 1]) / (curve[first] - curve[first - 1])
    needed = budgets[first - 1] + share * (budgets[first] - budgets[first - 1])
    return f"{np.exp(needed) / k:.1f}"


def show(title: str, found: dict[str, dict[str, NDArray[np.float64]]], key: str) -> None:
    """Print one table: the measure at every k, and the labels saved."""
    head = "".join(f"{f'k={k}':>15}" for k in KS)
    print(f"\n{title}: {key}\n{'':18}{head}" + ("   labels saved at each k" if key != "radius" else ""))
    for name, tables in found.items():
        table = tables[key]
        if name == "random":
            curve = [np.interp(k, RANDOM_KS[: table.shape[1]], table.mean(axis=0)) for k in KS]
            spread = [np.interp(k, RANDOM_KS[: table.shape[1]], table.std(axis=0)) for k in KS]
        else:
            curve, spread = list(table.mean(axis=0)), list(table.std(axis=0))
        cells = "".join(f"{mean:8.3f} ±{sd:5.3f}" for mean, sd in zip(curve, spread, strict=True))
        ratio = ""
        if key != "radius":
            ratio = " ".join(
                f"{saved(found['random'][key], mean, k):>6}" for k, mean in zip(KS, curve, strict=True)
            )
        print(f"{name:18}{cells}   {ratio}", flush=True)


def show_duplicates(splits: list[Split]) -> None:
    """Print what deduplicate removes of the planted copies and of all others."""
    for split in splits:
        if split.copy_of is None:
            continue
        ranking = rank(split.pool, "deduplicate")
        stands = np.empty(len(split.pool), np.int64)
        assert ranking.groups is not None
        stands[ranking.order] = ranking.groups
        copies = np.flatnonzero(split.copy_of >= 0)
        together = int((stands[copies] == stands[split.copy_of[copies]]).sum())
        removed = int((stands != np.arange(len(stands))).sum())
        others = len(stands) - len(copies)
        print(
            f"deduplicate: {together / len(copies):.1%} of {len(copies)} planted copies removed, "
            f"{(removed - together) / others:.1%} of {others} others"
        )


def main() -> None:
    """Print the tables of every data set."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--splits", type=int, default=5)
    parser.add_argument("--seeds", type=int, default=5)
    arguments = parser.parse_args()
    vectors, labels = mnist_images()
    features, categories = emoji_images()
    start = time.perf_counter()
    sets: dict[str, Callable[[int], Split]] = {
        "digits": digits,
        "MNIST": lambda split: halved(vectors, labels, 8000, split),
        "long-tailed MNIST": lambda split: long_tailed(vectors, labels, split),
        "emoji, Lite0 features": lambda split: halved(features, categories, 1500, split),
    }
    for title, draw in sets.items():
        splits = [draw(split) for split in range(arguments.splits)]
        found = runs(splits, arguments.seeds)
        for key in ("accuracy", "classes", "radius"):
            show(title, found, key)
        show_duplicates(splits)
    print(f"\n{time.perf_counter() - start:.0f} seconds")


if __name__ == "__main__":
    main()
