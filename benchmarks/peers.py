"""Other implementations of farthest-point selection, each run in a process of its own.

`python -m benchmarks.peers NAME FILE.npy FIRST K` prints the seconds that choosing K samples takes.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
SECONDS = 30
"""Budget of one peer on one pool, start included."""
MOST_DENSE = 20_000


def lightly_mundig(vectors: Floats, first: int, k: int) -> object:
    """Select by diversity, after one preselected sample."""
    selection = import_module("lightly_mundig").Selection()
    selection.add_diversifying_strategy(vectors, 1.0)
    return selection.run_selection([first], len(vectors), k)


def torch_quickfps(vectors: Floats, first: int, k: int) -> object:
    """Select with buckets of a k-d tree."""
    points = import_module("torch").from_numpy(vectors)[None]
    return import_module("torch_quickfps").sample_idx(points, k, start_idx=first)


def fpsample_plain(vectors: Floats, first: int, k: int) -> object:
    """Select with the naive loop of fpsample."""
    return import_module("fpsample").fps_sampling(vectors, k, start_idx=first)


def fpsample_buckets(vectors: Floats, first: int, k: int) -> object:
    """Select with the k-d lines of fpsample, which are made for points in space."""
    return import_module("fpsample").bucket_fps_kdline_sampling(vectors, k, h=7, start_idx=first)


def apricot(vectors: Floats, first: int, k: int) -> object:
    """Select by facility location: another goal, on a dense matrix of all similarities."""
    return import_module("apricot").FacilityLocationSelection(k, initial_subset=[first]).fit(vectors)


PEERS: dict[str, Callable[[Floats, int, int], object]] = {
    "lightly-mundig": lightly_mundig,
    "torch-quickfps": torch_quickfps,
    "fpsample": fpsample_plain,
    "fpsample buckets": fpsample_buckets,
    "apricot-select": apricot,
}


@dataclass(frozen=True)
class Took:
    """What k samples take a peer, or why that is not known."""

    seconds: float | None
    note: str


def measure(name: str, pool: Path, first: int, k: int, n: int) -> Took:
    """Time a peer on all k samples where that fits its budget, else on fewer, extended linearly in k."""
    few = max(2, min(k // 2, 20_000_000 // n))
    if name == "apricot-select" and n > MOST_DENSE:
        return Took(None, f"its similarities would take {n * n * 4 / 1e9:,.0f} GB")
    start = time.perf_counter()
    one, why = _run(name, pool, first, few, SECONDS)
    if one is None:
        return Took(None, why)
    left = SECONDS - (time.perf_counter() - start)
    if one * k / few < 0.8 * left:
        took, why = _run(name, pool, first, k, left)
        return Took(took, why)
    more = min(k, int(few * max(2.0, 0.6 * left / max(one, 1e-3))))
    two, why = _run(name, pool, first, more, left)
    if two is None or more <= few:
        return Took(one * k / few, f"extended from k={few}")
    slope = max(0.0, two - one) / (more - few)  # what a run costs at its start is not paid for each sample
    return Took(two + slope * (k - more), f"extended from k={few} and {more}")


def _run(name: str, pool: Path, first: int, k: int, seconds: float) -> tuple[float | None, str]:
    command = [sys.executable, "-m", "benchmarks.peers", name, str(pool), str(first), str(k)]
    try:
        ran = subprocess.run(command, capture_output=True, text=True, timeout=max(1.0, seconds), check=False)
    except subprocess.TimeoutExpired:
        return None, f"k={k} is not done in {seconds:.0f} s"
    if ran.returncode:
        last = (ran.stderr.strip() or f"exit status {ran.returncode}").splitlines()[-1]
        return None, last[:80]
    return float(json.loads(ran.stdout.splitlines()[-1])), ""


def main(arguments: list[str]) -> None:
    """Run one peer once."""
    name, file, first, k = arguments
    vectors: Any = np.load(file)
    PEERS[name](vectors[:1000], 0, 3)  # import and compile
    start = time.perf_counter()
    PEERS[name](vectors, int(first), int(k))
    print(json.dumps(time.perf_counter() - start))


if __name__ == "__main__":
    main(sys.argv[1:])
