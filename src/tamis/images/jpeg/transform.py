"""From coefficients to pixels of the size that is wanted: cosines and resizing in one product.

A row of pixels is a product of its coefficients with cosines, and a smaller row is a product of that with the
triangles of Pillow's BILINEAR. Both are known beforehand, so they are multiplied with each other and not with
the picture. Colours that are coarser than the brightness are never brought to its size. Every sum has one
order, so the pixels are the same on every machine.
"""

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tamis.compiling.kernel import exact_kernel

Numbers = NDArray[np.int64]
Plane = NDArray[np.float32]
"""(height, width), with 0 for grey."""
LANES = 16
"""Rows of coefficients have a multiple of so many numbers, so that loops over them leave no remainder."""
_TILE = 64
"""So many columns of pixels are made at a time: what is in between stays in a fast cache."""
_WHITE = 255
_WORTH_KEEPING = 1.5
"""Of a frequency so many times as high as the smaller picture can show, the triangles leave 9 %."""


class Bands(NamedTuple):
    """A matrix with few numbers in each row, next to each other.

    weights: (rows, most) float32. firsts, counts: (rows,) int64, their first column and how many they are.
    """

    weights: NDArray[np.float32]
    firsts: Numbers
    counts: Numbers


Part = tuple[NDArray[np.int16], Bands, Bands]
"""A component: its coefficients, as (blocks across * kept frequencies across, blocks down * kept frequencies
down, filled up to a multiple of LANES), and the bands across and down."""


def frequencies(extent: float, target: int) -> int:
    """Return how many of the 8 frequencies of a block are worth keeping, to show `extent` pixels as fewer."""
    shown = 8 * target / extent
    return min(8, math.ceil(_WORTH_KEEPING * shown))


@lru_cache(64)
def bands(extent: float, target: int, kept: int) -> Bands:
    """Return (target, blocks * kept): what 1 of each kept frequency of each block adds to each smaller pixel.

    `extent` pixels are shown, perhaps with a fraction: the blocks may go on behind them.
    """
    pixels = np.arange(8)
    waves = np.cos((2 * pixels[:, None] + 1) * pixels[:kept] * math.pi / 16) / 2
    waves[:, 0] = math.sqrt(1 / 8)
    return Bands(*_bands(extent, target, waves))


@exact_kernel
def _bands(extent: float, target: int, waves: NDArray[np.float64]) -> tuple[Plane, Numbers, Numbers]:
    scale, end, kept = extent / target, math.ceil(extent), waves.shape[1]
    support = max(scale, 1.0)
    most = (int(2 * support + 1) // 8 + 2) * kept
    weights = np.empty((target, most), np.float32)
    firsts, counts = np.empty(target, np.int64), np.empty(target, np.int64)
    sums = np.empty(most)
    for each in range(target):
        center = (each + 0.5) * scale
        start = max(int(center - support + 0.5), 0)
        stop = min(int(center + support + 0.5), end)
        block, total = start // 8, 0.0
        sums[:] = 0
        for pixel in range(start, stop):
            share = max(0.0, 1 - abs(pixel + 0.5 - center) / support)
            total += share
            for frequency in range(kept):
                sums[(pixel // 8 - block) * kept + frequency] += share * waves[pixel % 8, frequency]
        weights[each] = sums / total
        firsts[each], counts[each] = block * kept, ((stop - 1) // 8 + 1 - block) * kept
    return weights, firsts, counts


@exact_kernel
def colors(brightness: Part, blue: Part, red: Part) -> NDArray[np.uint8]:
    """Return (height, width, 3) RGB from the coefficients of YCbCr (JFIF 1.02)."""
    height, width = len(brightness[2].weights), len(brightness[1].weights)
    pixels = np.empty((height, width, 3), np.uint8)
    for left in range(0, width, _TILE):
        right = min(left + _TILE, width)
        greys, blues, reds = (
            _columns(brightness, left, right),
            _columns(blue, left, right),
            _columns(red, left, right),
        )
        for y in range(height):
            row, grey, b, r = pixels[y, left:right], greys[y], blues[y], reds[y]
            for x in range(right - left):
                row[x, 0] = _level(grey[x] + np.float32(1.402) * r[x])
                row[x, 1] = _level(grey[x] - np.float32(0.344136) * b[x] - np.float32(0.714136) * r[x])
                row[x, 2] = _level(grey[x] + np.float32(1.772) * b[x])
    return pixels


@exact_kernel
def greys(brightness: Part) -> NDArray[np.uint8]:
    """Return (height, width, 3) RGB of a grey picture."""
    height, width = len(brightness[2].weights), len(brightness[1].weights)
    pixels = np.empty((height, width, 3), np.uint8)
    for left in range(0, width, _TILE):
        columns = _columns(brightness, left, min(left + _TILE, width))
        for y in range(height):
            for x in range(columns.shape[1]):
                pixels[y, left + x] = _level(columns[y, x])
    return pixels


@exact_kernel
def _columns(part: Part, left: int, right: int) -> Plane:
    """Turn coefficients into some columns of pixels: (height, right - left)."""
    coefficients, across, down = part
    return _product(_transposed(_product(coefficients, across, left, right)), down, 0, len(down.weights))


@exact_kernel
def _product(source: NDArray[np.int16] | NDArray[np.float32], bands: Bands, start: int, stop: int) -> Plane:
    """Return some rows of the matrix times the source: (rows, columns of the source)."""
    weights, columns = bands.weights, source.shape[1]
    result = np.zeros((stop - start, columns), np.float32)
    for row in range(start, stop):
        sums, factors = result[row - start], weights[row]
        first, count = bands.firsts[row], bands.counts[row]
        for term in range(0, count - 3, 4):  # the sums are read and written once for four terms
            at = first + term
            a, b, c, d = source[at], source[at + 1], source[at + 2], source[at + 3]
            u, v, w, x = factors[term], factors[term + 1], factors[term + 2], factors[term + 3]
            for i in range(columns):
                low = u * np.float32(a[i]) + v * np.float32(b[i])
                sums[i] += low + (w * np.float32(c[i]) + x * np.float32(d[i]))
        for term in range(count - count % 4, count):
            a, u = source[first + term], factors[term]
            for i in range(columns):
                sums[i] += u * np.float32(a[i])
    return result


@exact_kernel
def _transposed(plane: Plane) -> Plane:
    """Turn a plane, of which rows have a multiple of LANES: whole cache lines are read."""
    rows, columns = plane.shape
    result = np.empty((columns, rows), np.float32)
    for left in range(0, columns, LANES):
        for row in range(rows):
            for column in range(left, left + LANES):
                result[column, row] = plane[row, column]
    return result


@exact_kernel
def _level(value: np.float32) -> np.uint8:
    level = np.int32(value + np.float32(128.5))
    return np.uint8(0 if level < 0 else _WHITE if level > _WHITE else level)
