"""Small line charts as a PNG: one panel for each series, two beside each other."""

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFont

PAPER, INK, QUIET, GRID, LINE = (255, 253, 249), (40, 37, 33), (122, 115, 104), (229, 223, 213), (184, 70, 31)
_WIDTH, _HEIGHT, _SCALE = 460, 240, 2  # drawn twice as large as laid out, for sharp screens
_LEFT, _RIGHT, _TOP, _BOTTOM = 58, 18, 40, 30


@dataclass(frozen=True)
class Series:
    """A title, and values at places; infinite and missing ones are left out."""

    title: str
    places: Sequence[float]
    values: Sequence[float]


def chart(series: Sequence[Series], *, x_title: str) -> bytes:
    """Draw each series into a panel of its own, with its own scale."""
    columns = min(2, max(1, len(series)))
    rows = max(1, -(-len(series) // columns))
    picture = Image.new("RGB", (_WIDTH * columns * _SCALE, _HEIGHT * rows * _SCALE), PAPER)
    pen = ImageDraw.Draw(picture)
    for number, one in enumerate(series):
        left, top = (number % columns) * _WIDTH, (number // columns) * _HEIGHT
        _panel(pen, one, left * _SCALE, top * _SCALE, x_title)
    sink = io.BytesIO()
    picture.save(sink, "PNG")
    return sink.getvalue()


def _panel(pen: ImageDraw.ImageDraw, series: Series, left: int, top: int, x_title: str) -> None:
    points = [
        (float(x), float(y)) for x, y in zip(series.places, series.values, strict=True) if math.isfinite(y)
    ]
    x0, x1 = left + _LEFT * _SCALE, left + (_WIDTH - _RIGHT) * _SCALE
    y0, y1 = top + (_HEIGHT - _BOTTOM) * _SCALE, top + _TOP * _SCALE
    small, large = _font(11), _font(14)
    pen.text((x0, top + 12 * _SCALE), series.title, INK, large)
    if not points:
        return
    last = f"{points[-1][1]:.4g}"
    pen.text((x1 - pen.textlength(last, large), top + 12 * _SCALE), last, LINE, large)
    (x_low, x_high), (y_low, y_high) = _range([x for x, _ in points]), _range([y for _, y in points])
    for tick in _ticks(y_low, y_high):
        y = y0 + (tick - y_low) / (y_high - y_low) * (y1 - y0)
        pen.line((x0, y, x1, y), GRID, _SCALE)
        text = f"{tick:g}"
        pen.text((x0 - 8 * _SCALE - pen.textlength(text, small), y - 7 * _SCALE), text, QUIET, small)
    ends = [
        (x0, f"{x_low:g}"),
        (x1 - pen.textlength(f"{x_high:g} {x_title}s", small), f"{x_high:g} {x_title}s"),
    ]
    for x, text in ends:
        pen.text((x, y0 + 8 * _SCALE), text, QUIET, small)
    placed = [
        (x0 + (x - x_low) / (x_high - x_low) * (x1 - x0), y0 + (y - y_low) / (y_high - y_low) * (y1 - y0))
        for x, y in points
    ]
    if len(placed) > 1:
        pen.line(placed, LINE, 2 * _SCALE, "curve")
    for x, y in placed if len(placed) <= 40 else placed[-1:]:
        pen.ellipse((x - 5, y - 5, x + 5, y + 5), LINE)


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size * _SCALE)


def _range(values: Sequence[float]) -> tuple[float, float]:
    """Return the least and the greatest, a little apart where they are one."""
    low, high = min(values), max(values)
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def _ticks(low: float, high: float) -> list[float]:
    """Return three to six round numbers between two others."""
    rough = (high - low) / 4
    unit = 10 ** math.floor(math.log10(rough))
    step = next(unit * factor for factor in (1, 2, 2.5, 5, 10) if unit * factor >= rough)
    first = math.ceil(low / step - 1e-9)
    return [round(step * number, 12) for number in range(first, math.floor(high / step + 1e-9) + 1)]
