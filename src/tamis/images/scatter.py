"""A scatter plot as a PNG: every point a small disc, the active ones over the others."""

import io
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Floats = NDArray[np.float32]
Theme = Literal["light", "dark"]
Colour = tuple[int, int, int]

_MARGIN = 0.04
_FEW, _MANY = 1_000, 100_000
"""Up to so few points the discs are large; from so many on they are single pixels."""
_LARGE, _SMALL = 3.2, 0.5
_OPACITY, _ACTIVE_OPACITY = 0.62, 0.95
_CROWD = 20_000


@dataclass(frozen=True)
class Palette:
    """The colours of a plot."""

    paper: Colour
    muted: Colour
    active: Colour


PALETTES: dict[Theme, Palette] = {
    "light": Palette(paper=(255, 253, 249), muted=(143, 136, 124), active=(184, 70, 31)),
    "dark": Palette(paper=(28, 27, 25), muted=(119, 113, 106), active=(240, 118, 76)),
}


def scatter(
    x: Floats, y: Floats, active: NDArray[np.bool_], *, width: int, height: int, theme: Theme
) -> bytes:
    """Draw points (n,) and (n,), with the same scale on both axes; y points up. NaN is left out.

    Discs grow from one pixel for very many points to a few for few, and overlap like thin paint.
    """
    placed = np.isfinite(x) & np.isfinite(y)
    columns, rows = _pixels(x[placed], y[placed], width, height)
    active = active[placed]
    palette = PALETTES[theme]
    picture = np.empty((height, width, 3), np.float32)
    picture[:] = palette.paper
    side = min(1.5, max(0.5, min(width, height) / 600))
    for chosen, colour, thickest in (
        (~active, palette.muted, _OPACITY),
        (active, palette.active, _ACTIVE_OPACITY),
    ):
        n = int(chosen.sum())
        radius = _radius(n) * side
        # Thinner paint for a crowd, so that the dense places stay darker than the others.
        opacity = thickest / max(1.0, (n / _CROWD) ** 0.4)
        shade = _cover(columns[chosen], rows[chosen], radius, opacity, width, height)[:, :, None]
        picture += shade * (np.array(colour, np.float32) - picture)
    sink = io.BytesIO()
    Image.fromarray(np.rint(picture).astype(np.uint8)).save(sink, "PNG")
    return sink.getvalue()


def _pixels(x: Floats, y: Floats, width: int, height: int) -> tuple[Floats, Floats]:
    """Fit the points into the picture, centred."""
    if len(x) == 0:
        return x, y
    low_x, high_x, low_y, high_y = (float(value) for value in (x.min(), x.max(), y.min(), y.max()))
    room = 1 - 2 * _MARGIN
    scales = [
        room * side / (high - low)
        for side, low, high in ((width, low_x, high_x), (height, low_y, high_y))
        if high > low
    ]
    scale = min(scales, default=1.0)
    columns = width / 2 + (x - (low_x + high_x) / 2) * scale
    rows = height / 2 - (y - (low_y + high_y) / 2) * scale
    return columns, rows


def _radius(n: int) -> float:
    crowd = np.clip(np.log(max(n, 1) / _FEW) / np.log(_MANY / _FEW), 0, 1)
    return float(max(_SMALL, (1 - crowd) * _LARGE))


def _cover(columns: Floats, rows: Floats, radius: float, opacity: float, width: int, height: int) -> Floats:
    """Return how much of each pixel the discs cover together, 0..1: what shows through is multiplied."""
    through = np.zeros(height * width, np.float32)
    left, top = np.floor(columns).astype(np.int64), np.floor(rows).astype(np.int64)
    reach = int(np.ceil(radius + 0.5))
    for step_y in range(-reach, reach + 1):
        for step_x in range(-reach, reach + 1):
            at_x, at_y = left + step_x, top + step_y
            distance = np.hypot(at_x + 0.5 - columns, at_y + 0.5 - rows)
            share = np.clip(radius + 0.5 - distance, 0, 1) * opacity
            inside = (share > 0) & (at_x >= 0) & (at_x < width) & (at_y >= 0) & (at_y < height)
            spot = at_y[inside] * width + at_x[inside]
            through += np.bincount(spot, np.log1p(-share[inside]), height * width).astype(np.float32)
    cover: Floats = 1 - np.exp(through.reshape(height, width))
    return cover
