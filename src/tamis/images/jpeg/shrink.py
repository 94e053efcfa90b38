"""Decode a JPEG to less than its size, in one go."""

import numpy as np
from numpy.typing import NDArray

from tamis.images.jpeg.header import read_header
from tamis.images.jpeg.layout import layouts, plan, units
from tamis.images.jpeg.lookup import lookup
from tamis.images.jpeg.scan import scan
from tamis.images.jpeg.transform import colors, greys


def shrunk(data: bytes, size: tuple[int, int], target: tuple[int, int]) -> NDArray[np.uint8] | None:
    """Decode a JPEG to RGB of another size; both are (width, height).

    Returns:
        (height, width, 3) uint8 of the target, not turned as EXIF says; None if the file is of a rarer kind,
        or if anything is wrong with it: a full decoder is to have the last word.
    """
    header = read_header(data)
    if header is None or (header.width, header.height) != size:
        return None
    codes = tuple(dict.fromkeys(code for each in header.components for code in (each.dc, each.ac)))
    tables = lookup(codes)
    if tables is None:
        return None
    parts = list(layouts(header, target))
    coefficients = np.zeros(parts[-1].stop, np.int16)
    across, down = units(header)
    whole = scan(
        np.frombuffer(data, np.uint8),
        header.scan_at,
        (across, across * down, header.restart_interval or across * down),
        plan(parts, codes),
        (tables.words, tables.skips, tables.values),
        coefficients,
    )
    if not whole:
        return None
    components = [(coefficients[each.start : each.stop].reshape(each.shape), *each.bands) for each in parts]
    return greys(*components) if len(components) == 1 else colors(*components)
