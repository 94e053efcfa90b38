"""The embedding and the contact sheet, drawn with Pillow: arrays and pictures in, a picture out."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

PAPER, PANEL, LINE = "#f6f4ef", "#fffdf9", "#e6e1d7"
INK, SOFT, POINT, ACCENT = "#1d1b18", "#5f594f", "#a49c8f", "#b8461f"
SMOOTH = 3  # everything is drawn three times as large and then reduced: Pillow itself does not smooth edges

Points = NDArray[np.float32]
Positions = NDArray[np.int64]


def embedding(points: Points, kept: Positions, size: tuple[int, int] = (1600, 1200)) -> Image.Image:
    """Draw every point in grey and the kept ones in the accent colour, the best on top.

    `points` is (n, 2), NaN where a sample has no place; `kept` holds positions, best first.
    """
    width, height = (SMOOTH * side for side in size)
    image = Image.new("RGB", (width, height), PANEL)
    pen = ImageDraw.Draw(image)
    place = fitted(points, (width, height), margin=SMOOTH * 70)
    radius = SMOOTH * dot_radius(len(points), min(size))
    for x, y in place[np.isfinite(place).all(axis=1)]:
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=POINT)
    ring, inner = radius * 2 + SMOOTH * 2, radius * 2
    for x, y in place[kept[::-1]]:
        if math.isfinite(x):
            pen.ellipse((x - ring, y - ring, x + ring, y + ring), fill=PANEL)
            pen.ellipse((x - inner, y - inner, x + inner, y + inner), fill=ACCENT)
    _legend(pen, len(kept), len(points) - len(kept), height)
    return image.resize(size, Image.Resampling.LANCZOS)


def fitted(points: Points, size: tuple[int, int], margin: int) -> NDArray[np.float64]:
    """Scale points into a picture: both axes alike, centred, y upwards; NaN stays NaN."""
    place = points.astype(np.float64)
    seen = place[np.isfinite(place).all(axis=1)]
    if not len(seen):
        return place
    low, high = seen.min(axis=0), seen.max(axis=0)
    room = np.array(size) - 2 * margin
    scale = float(np.min(room / np.maximum(high - low, 1e-9)))
    place = (place - (low + high) / 2) * scale
    return np.stack([size[0] / 2 + place[:, 0], size[1] / 2 - place[:, 1]], axis=1)


def dot_radius(n: int, side: int) -> float:
    """Return a radius at which n dots neither vanish nor flood a picture of this side."""
    return float(np.clip(side * 0.1 / math.sqrt(max(n, 1)), side / 900, side / 180))


def contact_sheet(
    pictures: Sequence[Image.Image], scores: Sequence[str], total: int, width: int = 1600
) -> Image.Image:
    """Draw the chosen pictures in rank order, each with its rank and its score."""
    columns = columns_for(len(pictures))
    margin, gap = 56, max(6, 90 // columns)
    side = (width - 2 * margin - (columns - 1) * gap) // columns
    caption = 26 if side >= 72 else 0
    top = 150
    height = top + math.ceil(len(pictures) / columns) * (side + caption + gap) + margin - gap
    sheet = Image.new("RGB", (width, height), PAPER)
    pen = ImageDraw.Draw(sheet)
    number = font(64)
    pen.text((margin, 104), f"{len(pictures):,}", font=number, fill=INK, anchor="ls")
    left = margin + pen.textlength(f"{len(pictures):,}", font=number) + 18
    pen.text(
        (left, 104),
        f"of {total:,} images kept, the most important first",
        font=font(24),
        fill=SOFT,
        anchor="ls",
    )
    for index, picture in enumerate(pictures):
        x = margin + index % columns * (side + gap)
        y = top + index // columns * (side + caption + gap)
        sheet.paste(tile(picture, side), (x, y))
        if caption:
            pen.text((x + 2, y + side + 18), f"{index + 1}", font=font(15), fill=INK, anchor="ls")
            if side >= 96:
                pen.text((x + side - 2, y + side + 18), scores[index], font=font(13), fill=SOFT, anchor="rs")
    return sheet


def columns_for(n: int) -> int:
    """Return how many columns give a sheet a little wider than high, with the last row as full as can be."""
    ideal = min(max(4, round(math.sqrt(n * 1.1))), 24)
    return min(range(max(3, ideal - 2), ideal + 3), key=lambda columns: (-n % columns, abs(columns - ideal)))


def tile(picture: Image.Image, side: int) -> Image.Image:
    """Return a square with round corners: a cut-out whole and with air, a photograph filling it."""
    large = side * SMOOTH
    base = Image.new("RGB", (side, side), PANEL)
    if has_alpha(picture):
        cut = contained(picture, round(side * 0.76))
        base.paste(cut, ((side - cut.width) // 2, (side - cut.height) // 2), cut)
    else:
        base.paste(covering(picture, side))
    mask = Image.new("L", (large, large), 0)
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, large - 1, large - 1), large * 0.09, fill=255)
    rounded = Image.new("RGB", (side, side), PAPER)
    rounded.paste(base, mask=mask.resize((side, side), Image.Resampling.LANCZOS))
    return rounded


def has_alpha(picture: Image.Image) -> bool:
    """Say whether a picture is a cut-out, i.e. has transparent parts."""
    return picture.has_transparency_data and picture.convert("RGBA").getchannel("A").getextrema() != (
        255,
        255,
    )


def contained(picture: Image.Image, side: int) -> Image.Image:
    """Scale a cut-out so that all of it is seen."""
    scale = side / max(picture.size)
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    return picture.convert("RGBA").resize(size, Image.Resampling.LANCZOS)


def covering(picture: Image.Image, side: int) -> Image.Image:
    """Scale the middle square of a photograph."""
    short = min(picture.size)
    left, upper = (picture.width - short) // 2, (picture.height - short) // 2
    box = (left, upper, left + short, upper + short)
    return picture.convert("RGB").resize((side, side), Image.Resampling.LANCZOS, box=box)


def font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Return the typeface that comes with Pillow: the same on every machine."""
    return ImageFont.load_default(size)


def _legend(pen: ImageDraw.ImageDraw, kept: int, others: int, height: int) -> None:
    x, y = SMOOTH * 48, height - SMOOTH * 48
    for colour, words in ((ACCENT, f"kept {kept:,}"), (POINT, f"not kept {others:,}")):
        radius = SMOOTH * 6
        pen.ellipse((x, y - radius, x + 2 * radius, y + radius), fill=colour)
        pen.text((x + SMOOTH * 22, y), words, font=font(SMOOTH * 20), fill=INK, anchor="lm")
        x += round(SMOOTH * 54 + pen.textlength(words, font=font(SMOOTH * 20)))
