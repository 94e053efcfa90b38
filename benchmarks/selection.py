"""How much faster is coreset than the naive loop? `python -m benchmarks.selection [--large]`

The naive loop is the faster of two: one compiled pass per sample on one thread, and one BLAS matrix-vector
product per sample. Both do all n * k distances, so for long runs they are timed on their first samples and
scaled up. Seconds depend on the machine; the ratio, and the share of the distances, hardly do.
"""

import argparse
import os
import platform
import time
from collections.abc import Callable
from pathlib import Path

import numba
import numpy as np
from numpy.typing import NDArray

from tamis.selection.kernels.farthest import farthest_first
from tamis.selection.kernels.mean import nearest_to_mean
from tamis.selection.ranking import available_threads

Floats = NDArray[np.float32]
NAIVE_SAMPLES = 100


def clustered(n: int, d: int) -> Floats:
    """Return 200 clusters of very different sizes."""
    generator = np.random.default_rng(0)
    shares = 1 / np.arange(1, 201)
    centres = generator.normal(size=(200, d)) * 3
    spread = generator.normal(size=(n, d)) * np.arange(1, d + 1) ** -0.5
    rows = centres[generator.choice(200, n, p=shares / shares.sum())] + spread
    return rows.astype(np.float32)


def isotropic(n: int, d: int) -> Floats:
    """Return one cloud without any structure, where nothing can be pruned."""
    return np.random.default_rng(0).standard_normal((n, d), dtype=np.float32)


@numba.njit(fastmath={"reassoc", "contract", "nsz", "arcp"})
def naive_compiled(vectors: Floats, k: int, first: int) -> NDArray[np.int64]:
    """Choose k samples with one pass each."""
    n, d = vectors.shape
    order = np.empty(k, np.int64)
    nearest = np.full(n, np.inf, np.float32)
    chosen = first
    for step in range(k):
        order[step] = chosen
        best = np.float32(-1)
        farthest = 0
        for i in range(n):
            squared = np.float32(0)
            for t in range(d):
                difference = vectors[i, t] - vectors[chosen, t]
                squared += difference * difference
            nearest[i] = min(nearest[i], squared)
            if nearest[i] > best:
                best = nearest[i]
                farthest = i
        chosen = farthest
    return order


def naive_blas(vectors: Floats, k: int, first: int) -> NDArray[np.int64]:
    """Choose k samples with one matrix-vector product each: |x - c|^2 = |x|^2 - 2 x c + |c|^2."""
    order = np.empty(k, np.int64)
    lengths = np.einsum("ij,ij->i", vectors, vectors)
    nearest = np.full(len(vectors), np.inf, np.float32)
    chosen = first
    for step in range(k):
        order[step] = chosen
        squared = vectors @ vectors[chosen]
        squared *= -2
        squared += lengths
        squared += lengths[chosen]
        np.minimum(nearest, squared, out=nearest)
        chosen = int(nearest.argmax())
    return order


def seconds(call: Callable[[], object], runs: int = 3) -> float:
    """Return the shortest wall time of a few runs."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return min(times)


def compare(name: str, vectors: Floats, k: int) -> None:
    """Print one line: ours on one thread and on all, the naive loops, and the ratio to the faster one."""
    n, d = vectors.shape
    first, nothing, threads = nearest_to_mean(vectors), vectors[:0], available_threads()
    some = min(k, NAIVE_SAMPLES)
    ours = {
        count: seconds(lambda count=count: farthest_first(vectors, k, kept=nothing, threads=count))  # type: ignore[misc]  # a default binds the loop's value
        for count in sorted({1, threads})
    }
    compiled = seconds(lambda: naive_compiled(vectors, some, first)) * k / some
    blas = seconds(lambda: naive_blas(vectors, some, first)) * k / some
    found = farthest_first(vectors, k, kept=nothing, threads=threads)
    same = np.array_equal(found.order[:some], naive_compiled(vectors, some, first))
    naive = min(compiled, blas)
    print(
        f"{name:10} {n:>9,} x {d:<4} k={k:<6,} "
        + "".join(f"{count} thread(s) {wall:7.2f} s  " for count, wall in ours.items())
        + f"naive compiled {compiled:7.2f} s  BLAS {blas:7.2f} s  "
        + f"ratio {naive / ours[1]:5.1f} to {naive / ours[threads]:5.1f}  "
        + f"distances {found.pairs / (n * k):6.1%}  first {some} equal: {'yes' if same else 'NO'}",
        flush=True,
    )


def machine() -> str:
    """Return what the seconds depend on."""
    info = Path("/proc/cpuinfo")
    models = [
        line.partition(":")[2].strip()
        for line in (info.read_text(encoding="utf-8").splitlines() if info.exists() else [])
        if line.startswith("model name")
    ]
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    model = models[0] if models else platform.processor() or platform.machine()
    versions = f"Python {platform.python_version()}, NumPy {np.__version__}, numba {numba.__version__}"
    return f"{model}, {available_threads()} thread(s){load}, {versions}"


def main() -> None:
    """Print the machine and the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--large", action="store_true", help="also 1,000,000 samples; about a minute")
    arguments = parser.parse_args()
    print(machine())
    warm = isotropic(8000, 8)
    farthest_first(warm, 20, kept=warm[:0]), naive_compiled(warm, 2, 0)
    compare("clustered", clustered(100_000, 32), 1000)
    compare("isotropic", isotropic(100_000, 32), 1000)
    if arguments.large:
        compare("clustered", clustered(1_000_000, 32), 1000)
        compare("isotropic", isotropic(1_000_000, 32), 1000)
        compare("clustered", clustered(1_000_000, 32), 10_000)


if __name__ == "__main__":
    main()
