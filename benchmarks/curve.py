"""The cost of coreset over the size of the pool: seconds and memory, as a table and a plot."""

import json
import math
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks import pools
from benchmarks.processes import run
from tamis.selection import rank

SIZES = (10_000, 30_000, 100_000, 300_000, 1_000_000, 3_000_000, 10_000_000)
D, K = 32, 1000
WIDTH, HEIGHT, LEFT, TOP, SIDE = 760, 330, 70, 52, 270
INK, GRID, LINE = "#1f2933", "#d9dee4", "#0b7285"


@dataclass(frozen=True)
class Point:
    """One size: the wall seconds of `rank`, and the most memory of its process in bytes."""

    n: int
    seconds: float
    memory: int


def curve(picture: Path) -> None:
    """Print a table for clustered pools, and draw it."""
    print(f"\nclustered, d = {D}, k = {K:,}, from a memory-mapped .npy file\n")
    print("          n    seconds    peak memory    pool on disk")
    points = []
    for n in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "pool.npy"
            np.save(file, pools.clustered(n, D))
            ran = run([sys.executable, "-m", "benchmarks.curve", str(file)])
        point = Point(n, *json.loads(ran.out.splitlines()[-1]))
        points.append(point)
        disk = n * D * 4 / 1e6
        print(f"{n:>11,} {point.seconds:10.3f} {point.memory / 1e6:11.0f} MB {disk:12.0f} MB", flush=True)
    picture.write_text(drawn(points), encoding="utf-8")


def drawn(points: Sequence[Point]) -> str:
    """Return an SVG of two panels with logarithmic axes: seconds over n, and memory over n."""
    panels = [
        _panel(LEFT, "Wall seconds", [(point.n, point.seconds) for point in points]),
        _panel(LEFT + SIDE + 100, "Peak memory, MB", [(p.n, p.memory / 1e6) for p in points]),
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
        f'font-size="12" fill="{INK}" role="img"><title>Cost of coreset over the size of the pool</title>'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>{"".join(panels)}</svg>\n'
    )


def _panel(left: int, title: str, points: Sequence[tuple[float, float]]) -> str:
    """Draw one panel whose grid lines are powers of ten."""
    height = HEIGHT - TOP - 58
    low, high = (
        math.floor(math.log10(min(y for _, y in points))),
        math.ceil(math.log10(max(y for _, y in points))),
    )
    first, last = math.log10(points[0][0]), math.log10(points[-1][0])

    def x(n: float) -> float:
        return left + (math.log10(n) - first) / (last - first) * SIDE

    def y(value: float) -> float:
        return TOP + height - (math.log10(value) - low) / (high - low) * height

    parts = [f'<text x="{left}" y="{TOP - 20}" font-size="14" font-weight="600">{title}</text>']
    for power in range(low, high + 1):
        at = y(10.0**power)
        parts.append(f'<path d="M{left} {at:.1f}h{SIDE}" stroke="{GRID}"/>')
        parts.append(f'<text x="{left - 8}" y="{at + 4:.1f}" text-anchor="end">{10.0**power:,g}</text>')
    for power in range(math.ceil(first), math.floor(last) + 1):
        label = {4: "10k", 5: "100k", 6: "1M", 7: "10M"}.get(power, f"1e{power}")
        at = x(10.0**power)
        parts.append(f'<text x="{at:.1f}" y="{TOP + height + 20}" text-anchor="middle">{label}</text>')
    middle = left + SIDE / 2
    parts.append(f'<text x="{middle}" y="{TOP + height + 42}" text-anchor="middle">samples</text>')
    line = " ".join(f"{x(n):.1f},{y(value):.1f}" for n, value in points)
    parts.append(f'<polyline points="{line}" fill="none" stroke="{LINE}" stroke-width="2"/>')
    for n, value in points:
        text = f"{value:.2g}" if value < 10 else f"{value:,.0f}"
        parts.append(f'<circle cx="{x(n):.1f}" cy="{y(value):.1f}" r="3.5" fill="{LINE}"/>')
        parts.append(f'<text x="{x(n) - 5:.1f}" y="{y(value) - 9:.1f}" text-anchor="middle">{text}</text>')
    return "".join(parts)


def main(file: str) -> None:
    """Rank one pool and print the seconds that it took."""
    small = pools.clustered(20_000, D)
    rank(small, "coreset", 50)  # compile, or load what is compiled
    vectors = np.load(file, mmap_mode="r")
    start = time.perf_counter()
    rank(vectors, "coreset", K)
    taken = time.perf_counter() - start
    unit = 1 if sys.platform == "darwin" else 1024
    print(json.dumps([taken, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit]))


if __name__ == "__main__":
    main(sys.argv[1])
