"""Measure a picture: how bright, how contrasty, how sharp, how noisy.

All sums are exact integers, so a picture has the same measures on every machine.
"""

import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tamis.images.decode import Pixels
from tamis.model.image import Measures


def measure(rgb: Pixels) -> Measures:
    """Measure an RGB picture (h, w, 3); call it on the picture that `thumbnail.shrink` returns.

    The luma is that of ITU-R 601, (19595 R + 38470 G + 7471 B) / 65536, rounded to whole grey levels. The
    Laplacian is taken where its 3x3 neighbourhood lies inside the picture; a picture without such a place has
    sharpness 0.
    """
    grey_picture = Image.fromarray(rgb).convert("L")
    levels = np.array(grey_picture.histogram(), dtype=np.int64)
    grey = np.arange(256, dtype=np.int64)
    luma, contrast = _mean_and_deviation(int(levels @ grey), int(levels @ (grey * grey)), int(levels.sum()))
    mean, deviation = _mean_and_deviation(*_sums_of(rgb), rgb.size)
    return Measures(
        brightness=luma / 255,
        contrast=contrast / 255,
        sharpness=_sharpness(np.asarray(grey_picture)),
        signal_to_noise=mean / deviation if deviation else 0.0,
    )


def _sums_of(values: NDArray[np.uint8]) -> tuple[int, int]:
    rows = values.reshape(values.shape[0], -1)
    squares = rows.astype(np.uint16)
    squares *= squares  # 255 * 255 < 65,536
    # Two steps: a row's sum fits 32 bits up to 22,000 pixels, and 32 bits add up much faster than 64.
    narrow = np.uint32 if rows.shape[1] <= 66_000 else np.uint64
    return (
        int(rows.sum(axis=1, dtype=narrow).sum(dtype=np.uint64)),
        int(squares.sum(axis=1, dtype=narrow).sum(dtype=np.uint64)),
    )


def _sharpness(grey: NDArray[np.uint8]) -> float:
    if min(grey.shape) < 3:
        return 0.0
    levels = grey.astype(np.int16)
    columns = levels[:-2] + levels[1:-1]
    columns += levels[2:]
    around = columns[:, :-2] + columns[:, 1:-1]
    around += columns[:, 2:]
    # 8 * centre - its 8 neighbours = 9 * centre - all 9; at most 8 * 255 = 2,040 either way.
    edges = 9 * levels[1:-1, 1:-1]
    edges -= around
    total = int(edges.sum(axis=1, dtype=np.int64).sum())
    squares = int(np.multiply(edges, edges, dtype=np.int32).sum(axis=1, dtype=np.int64).sum())
    return _mean_and_deviation(total, squares, edges.size)[1]


def _mean_and_deviation(total: int, squares: int, count: int) -> tuple[float, float]:
    # Python's integers do not round: n * sum(x^2) - sum(x)^2 is exact and never below 0.
    return total / count, math.sqrt(count * squares - total * total) / count
