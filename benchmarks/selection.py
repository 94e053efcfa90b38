"""How much faster is coreset than the naive loop, and than others? `python -m benchmarks.selection`

"Naive" is the fastest of three loops: compiled on one thread, compiled on all threads, and BLAS. They
compute all n k distances, so on long runs they are timed on their first samples and extended linearly in k.
Seconds depend on the machine, the ratios less, the share of the distances not at all; it includes lanes of
the vector code that go unused, and the distances between centres. `--peers` needs the extra `bench`.
`--curve` runs pools of 10,000 to 10,000,000 samples from a file, each in a process of its own.
"""

import argparse
import platform
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numba
import numpy as np
from numpy.typing import NDArray

from benchmarks import machine, naive, peers, pools
from benchmarks.curve import curve
from tamis.selection.kernels.farthest import Found, farthest_first
from tamis.selection.kernels.mean import nearest_to_mean

Floats = NDArray[np.float32]
Order = NDArray[np.int64]


@dataclass(frozen=True)
class Case:
    """One row of the table; `target` is the ratio to naive that was asked for, `peer` to lightly-mundig."""

    name: str
    pool: Callable[[int, int], Floats]
    n: int
    d: int
    k: int
    target: float
    peer: float = 0.0

    def __str__(self) -> str:
        return f"{self.name} {self.n:,} x {self.d}, k = {self.k:,}"


CASES = {
    "clustered-100k": Case("clustered", pools.clustered, 100_000, 32, 1000, 6),
    "clustered-1m-1k": Case("clustered", pools.clustered, 1_000_000, 32, 1000, 8),
    "isotropic-1m-1k": Case("isotropic", pools.isotropic, 1_000_000, 32, 1000, 25),
    "clustered-1m-10k": Case("clustered", pools.clustered, 1_000_000, 32, 10_000, 25, 100),
    "clustered-500k-128": Case("clustered", pools.clustered, 500_000, 128, 10_000, 35),
    "mnist": Case("MNIST, PCA", pools.mnist, 10_000, 32, 10_000, 2),
}


def seconds(call: Callable[[], object]) -> float:
    """Return the shortest wall time of several runs: half a second of them, three where they take longer."""
    time.sleep(0.3)  # the threads of what ran before spin for a while
    times: list[float] = []
    while sum(times) < 0.5 or (len(times) < 3 and sum(times) < 10):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return min(times)


def compare(case: Case, with_peers: bool) -> None:
    """Print the seconds of ours, of the three naive loops and of the peers, and the ratios."""
    vectors = case.pool(case.n, case.d)
    first, k, threads = nearest_to_mean(vectors), case.k, machine.cores()
    few = min(k, max(20, 1_000_000_000 // vectors.size))

    def ours(count: int) -> Found:
        return farthest_first(vectors, k, kept=vectors[:0], threads=count)

    loops = {
        name: seconds(lambda loop=loop: loop(vectors, few, first)) * k / few  # type: ignore[misc]  # a default binds the loop's value
        for name, loop in naive.LOOPS.items()
    }
    found = ours(threads)
    walls = {
        count: seconds(lambda count=count: ours(count))  # type: ignore[misc]  # likewise
        for count in sorted({1, threads})
    }
    same = agreement(vectors, found.order[:few], naive.one_thread(vectors, few, first))
    fastest, best = min(loops.values()), walls[threads]
    extended = "" if few == k else f" (extended from k={few})"
    print(f"\n{case}")
    for count, wall in walls.items():
        print(f"  {f'tamis, {count} thread(s)':24} {wall:9.3f} s   {fastest / wall:6.1f} x naive")
    for name, wall in loops.items():
        print(f"  {name:24} {wall:9.3f} s{extended}")
    verdict = "met" if fastest / best >= case.target else "MISSED"
    print(f"  target {case.target:g} x naive: {verdict}; distances {found.pairs / (case.n * k):.2%} of n k")
    print(f"  the first {few} as naive: {same}", flush=True)
    if with_peers:
        compare_peers(case, vectors, first, best)


def agreement(vectors: Floats, ours: Order, theirs: Order) -> str:
    """Say whether two orders are the same, or where they part, and by how much in double precision."""
    differ = np.flatnonzero(ours != theirs[: len(ours)])
    if not differ.size:
        return "yes"
    place = int(differ[0])
    chosen = vectors[ours[:place]].astype(np.float64)
    far = [float(np.linalg.norm(chosen - vectors[each[place]], axis=1).min()) for each in (ours, theirs)]
    return f"up to {place:,}, where the distances differ by {far[0] / far[1] - 1:+.0e}"


def compare_peers(case: Case, vectors: Floats, first: int, ours: float) -> None:
    """Print the seconds of each peer and the ratio to ours."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "pool.npy"
        np.save(file, vectors)
        for name in peers.PEERS:
            took = peers.measure(name, file, first, case.k, case.n)
            if took.seconds is None:
                print(f"  {name:24} did not run: {took.note}", flush=True)
                continue
            note = f"   {took.seconds / ours:6.1f} x ours" + (f" ({took.note})" if took.note else "")
            if case.peer and name == "lightly-mundig":
                note += f"; target {case.peer:g}: {'met' if took.seconds / ours >= case.peer else 'MISSED'}"
            print(f"  {name:24} {took.seconds:9.3f} s{note}", flush=True)


def main() -> None:
    """Print the machine and the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("cases", nargs="*", help=f"any of {', '.join(CASES)}; all where none is named")
    parser.add_argument("--peers", action="store_true", help="also others; up to five minutes a case")
    parser.add_argument("--curve", type=Path, metavar="SVG", help="draw cost over n instead, to this file")
    arguments = parser.parse_args()
    unknown = set(arguments.cases) - set(CASES)
    if unknown:
        parser.error(f"There is no case {', '.join(sorted(unknown))}.")
    print(
        f"{machine.model()}, {machine.cores()} core(s), load {machine.load()} before; "
        f"NumPy {np.__version__}, numba {numba.__version__}, {platform.system()}"
    )
    if arguments.curve:
        curve(arguments.curve)
        return
    warm = pools.isotropic(8000, 8)
    farthest_first(warm, 20, kept=warm[:0])
    for loop in naive.LOOPS.values():
        loop(warm, 2, 0)
    for name in arguments.cases or CASES:
        compare(CASES[name], arguments.peers)
    print(f"\nload {machine.load()} after")


if __name__ == "__main__":
    main()
