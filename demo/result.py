"""What a run of `tamis curate` left behind, as the pictures and the page need it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Curve = Sequence[tuple[int, float, float]]  # (k, covering radius, mean distance)


@dataclass(frozen=True)
class Kept:
    """One chosen image; `position` is its row in the points."""

    position: int
    name: str
    label: str
    importance: float
    picture: Image.Image


@dataclass(frozen=True)
class Result:
    """One selection with everything that is shown of it. `kept` is in rank order, best first."""

    title: str
    points: NDArray[np.float32]  # (n, 2), NaN where a sample has no place
    kept: Sequence[Kept]
    total: int
    problems: int
    curve: Curve
    random_curve: Curve
    speeds: Mapping[str, float]  # images per second of `ingest` and `embed`
    strategy: str
    encoder: str
    seed: int
    digest: str

    @property
    def positions(self) -> NDArray[np.int64]:
        """Return the positions of the kept images, best first."""
        return np.array([each.position for each in self.kept], np.int64)

    @property
    def scores(self) -> list[str]:
        """Return the importance of the kept images as text, with two digits that count."""
        return [as_text(each.importance) for each in self.kept]


def as_text(number: float) -> str:
    """Return a number with two digits that count, never as a power of ten: 0.80, 0.0030."""
    decimals = 1 - math.floor(math.log10(abs(number))) if number else 2
    return f"{number:.{min(max(decimals, 0), 9)}f}"
