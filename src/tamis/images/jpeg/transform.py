"""From coefficients to pixels: the inverse cosine transform of fewer points, and the colours.

A block of 8 x 8 becomes one of N x N by the N-point transform of its lowest N x N frequencies: a low-pass
without the aliasing of a mean of pixels (Dugad and Ahuja 2001, A Fast Scheme for Image Size Change in the
Compressed Domain). Whole numbers give the same pixels on every machine.
"""

import math
from functools import cache

import numpy as np
from numpy.typing import NDArray

from tamis.compiling.kernel import exact_kernel

Plane = NDArray[np.uint8]
ZIGZAG = np.array([
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48,
    41, 34, 27, 20, 13, 6, 7, 14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23,
    30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
])  # fmt: skip
"""(64,) int64: row * 8 + column of each coefficient, in the order in which they are coded."""
_FRACTION = 12
_WHITE = 255


@cache
def kept(points_down: int, points_across: int) -> int:
    """Count the coefficients up to the last one that a block of so many points needs."""
    rows, columns = np.divmod(ZIGZAG, 8)
    needed = (rows < points_down) & (columns < points_across)
    return int(np.flatnonzero(needed)[-1]) + 1


def weights(points_down: int, points_across: int, quantization: NDArray[np.int64]) -> NDArray[np.int32]:
    """Return (points down, points across, kept): what 1 of each coefficient adds, in 1/4096 grey."""
    down, across = _cosines(points_down), _cosines(points_across)
    number = kept(points_down, points_across)
    rows, columns = ZIGZAG[:number] // 8, ZIGZAG[:number] % 8
    real = down[:, None, rows] * across[None, :, columns] * quantization[:number]
    return np.rint(real * (1 << _FRACTION)).astype(np.int32)


@cache
def _cosines(points: int) -> NDArray[np.float64]:
    """Return (points, 8): the points of each frequency, 0 for those that so few cannot show."""
    places = (2 * np.arange(points)[:, None] + 1) * np.arange(8) * math.pi / (2 * points)
    waves = np.cos(places) / 2
    waves[:, 0] = math.sqrt(1 / 8)
    waves[:, points:] = 0
    return waves


@exact_kernel
def transform(coefficients: NDArray[np.int16], weights: NDArray[np.int32]) -> Plane:
    """Turn (kept, rows, columns) blocks into a plane of (rows * points down, columns * points across)."""
    number, rows, columns = coefficients.shape
    down, across, _ = weights.shape
    plane = np.empty((rows * down, columns * across), np.uint8)
    sums = np.empty(columns, np.int32)
    for row in range(rows):
        for y in range(down):
            for x in range(across):
                sums[:] = (128 << _FRACTION) + (1 << (_FRACTION - 1))
                for each in range(number):
                    weight = weights[y, x, each]
                    if weight != 0:
                        for column in range(columns):
                            sums[column] += weight * np.int32(coefficients[each, row, column])
                for column in range(columns):
                    plane[row * down + y, column * across + x] = _clipped(sums[column] >> _FRACTION)
    return plane


@exact_kernel
def colors(brightness: Plane, blue: Plane, red: Plane, height: int, width: int) -> NDArray[np.uint8]:
    """Return (height, width, 3) RGB from YCbCr (JFIF 1.02), of which the planes may hold more."""
    pixels = np.empty((height, width, 3), np.uint8)
    half = 1 << 15
    for y in range(height):
        for x in range(width):
            grey = (np.int32(brightness[y, x]) << 16) + half
            b = np.int32(blue[y, x]) - 128
            r = np.int32(red[y, x]) - 128
            pixels[y, x, 0] = _clipped((grey + 91881 * r) >> 16)
            pixels[y, x, 1] = _clipped((grey - 22554 * b - 46802 * r) >> 16)
            pixels[y, x, 2] = _clipped((grey + 116130 * b) >> 16)
    return pixels


@exact_kernel
def _clipped(level: np.int32) -> np.uint8:
    return np.uint8(0 if level < 0 else _WHITE if level > _WHITE else level)
