"""Decode a large photo at 1/4 or 1/8 of its size."""

import itertools
import math
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from tamis.images.jpeg.header import Code, Component, Header, read_header
from tamis.images.jpeg.lookup import lookup
from tamis.images.jpeg.scan import scan
from tamis.images.jpeg.transform import Plane, colors, kept, transform, weights


def shrunk(data: bytes, size: tuple[int, int], eighths: int) -> NDArray[np.uint8] | None:
    """Decode a JPEG to RGB at 1/8 or 2/8 of its size, which is (width, height).

    Returns:
        (ceil(height * eighths / 8), ceil(width * eighths / 8), 3) uint8, not turned as EXIF says; None if the
        file is of a rarer kind, or if anything is wrong with it: a full decoder is to have the last word.
    """
    header = read_header(data)
    if header is None or (header.width, header.height) != size:
        return None
    planes = _planes(data, header, eighths)
    if planes is None:
        return None
    height, width = (-(-side * eighths // 8) for side in (header.height, header.width))
    brightness, *blue_and_red = planes
    if not blue_and_red:
        return np.repeat(brightness[:height, :width, None], 3, axis=2)
    blue, red = blue_and_red
    return colors(brightness, blue, red, height, width)


def _planes(data: bytes, header: Header, eighths: int) -> list[Plane] | None:
    codes = tuple(dict.fromkeys(code for each in header.components for code in (each.dc, each.ac)))
    tables = lookup(codes)
    if tables is None:
        return None
    first = header.components[0]
    across, down = -(-header.width // (8 * first.across)), -(-header.height // (8 * first.down))
    points = [_points(header, each, eighths) for each in header.components]
    shapes = [
        (kept(*size), down * each.down, across * each.across)
        for size, each in zip(points, header.components, strict=True)
    ]
    starts = [0, *itertools.accumulate(math.prod(shape) for shape in shapes)]
    coefficients = np.zeros(starts[-1], np.int16)
    whole = scan(
        np.frombuffer(data, np.uint8),
        header.scan_at,
        (across, across * down, header.restart_interval or across * down),
        np.array(list(_blocks(header.components, codes, shapes, starts)), np.int64),
        tables.words,
        tables.skips,
        tables.values,
        coefficients,
    )
    if not whole:
        return None
    return [
        transform(coefficients[start:stop].reshape(shape), weights(*size, each.quantization))
        for (start, stop), shape, size, each in zip(
            itertools.pairwise(starts), shapes, points, header.components, strict=True
        )
    ]


def _points(header: Header, component: Component, eighths: int) -> tuple[int, int]:
    """Return the points down and across that a block of a component is to have: colours may be coarser."""
    first = header.components[0]
    return eighths * first.down // component.down, eighths * first.across // component.across


def _blocks(
    components: Sequence[Component],
    codes: Sequence[Code],
    shapes: Sequence[tuple[int, int, int]],
    starts: Sequence[int],
) -> Iterator[tuple[int, ...]]:
    """Yield where the blocks of a unit go, as `scan` wants to know it."""
    for number, (each, (keep, rows, columns), start) in enumerate(
        zip(components, shapes, starts[:-1], strict=True)
    ):
        for row, column in itertools.product(range(each.down), range(each.across)):
            place = start + row * columns + column
            tables = codes.index(each.dc), codes.index(each.ac)
            yield number, *tables, place, each.across, each.down * columns, rows * columns, keep
