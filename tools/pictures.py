"""Draw what each strategy keeps of the same 2-D example: one SVG each, part of docs/strategies.md."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tamis.selection import parse_strategy, rank, strategies

FOLDER = Path(__file__).resolve().parent.parent / "docs/images/strategies"
KEEP = 12
WIDTH, HEIGHT = 480, 300
PAPER, POOL, KEPT, ON_KEPT = "#fffdf9", "#8f887c", "#b8461f", "#ffffff"


def example() -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Return 420 points and their groups: one dense, two wide, a ring, a pair far away, and doubles.

    Coordinates are whole pixels, so that distances are exact and the picture is the same on every machine.
    """
    generator = np.random.default_rng(7)
    angles = generator.uniform(0, 2 * np.pi, 60)
    groups = [
        generator.normal((110, 110), (14, 14), (200, 2)),
        generator.normal((250, 205), (46, 26), (90, 2)),
        generator.normal((330, 80), (34, 22), (50, 2)),
        np.column_stack([405 + 44 * np.cos(angles), 220 + 44 * np.sin(angles)]),
        np.array([[455.0, 32.0], [30.0, 270.0]]),
    ]
    points = np.concatenate(groups)
    labels = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
    doubles = generator.choice(200, 18, replace=False)  # near-duplicates in the dense group
    points = np.concatenate([points, points[doubles] + 1])
    labels = np.concatenate([labels, labels[doubles]])
    inside = points.round().clip((10, 10), (WIDTH - 10, HEIGHT - 10))
    return inside.astype(np.float32), labels.astype(np.int64)


def pictures() -> dict[Path, str]:
    """Return the SVG of every strategy by the file that it belongs in."""
    points, labels = example()
    return {FOLDER / f"{name}.svg": _picture(name, points, labels) for name in strategies}


def _picture(name: str, points: NDArray[np.float32], labels: NDArray[np.int64]) -> str:
    needs = parse_strategy(name).needs
    # Example scores rise to the right, as if a model knew the left side well; an example lies in the ring.
    scores = (points[:, 0] / WIDTH) ** 2 if "scores" in needs else None
    examples = [int(np.flatnonzero(labels == 3)[0])] if "preselected" in needs else None
    ranking = rank(
        points, name, KEEP, scores=scores, labels=labels if "labels" in needs else None, preselected=examples
    )
    dots = "".join(f"M{x:.0f} {y:.0f}h0" for x, y in points)
    kept = [
        f'<circle cx="{x:.0f}" cy="{y:.0f}" r="8"/><text x="{x:.0f}" y="{y + 3.4:.1f}">{place}</text>'
        for place, (x, y) in enumerate(points[ranking.order[:KEEP]], 1)
    ]
    given = [
        f'<circle cx="{x:.0f}" cy="{y:.0f}" r="7" fill="none" stroke="{KEPT}" stroke-width="2"/>'
        for x, y in points[examples or []]
    ]
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" '
        f'height="{HEIGHT}" role="img" aria-label="The first {KEEP} samples of {name}, numbered.">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" rx="12" fill="{PAPER}"/>',
        f'<path d="{dots}" stroke="{POOL}" stroke-width="4" stroke-linecap="round" fill="none"/>',
        *given,
        f'<g fill="{KEPT}" font-family="sans-serif" font-size="9.5" font-weight="600" text-anchor="middle">',
        *(line.replace("<text", f'<text fill="{ON_KEPT}"') for line in kept),
        "</g>",
        "</svg>",
    ]
    return "\n".join(lines) + "\n"
