"""Squares for the encoders, from thumbnails and from any other image file.

This is part of an embedding's preprocessing: the picture is squashed to the square, aspect ratio not kept, as
`decode.py` resizes.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from tamis.images.decode import PIXEL_LIMIT, Pixels, decode


def square(data: bytes, size: int, *, pixel_limit: int = PIXEL_LIMIT) -> Pixels:
    """Decode a whole image file to upright RGB, squashed to (size, size, 3).

    Raises:
        BadImage: with the reason.
    """
    return decode(data, lambda *_: (size, size), pixel_limit=pixel_limit).pixels


def squares(thumbnails: Sequence[bytes], size: int, threads: int = 1) -> NDArray[np.uint8]:
    """Decode many thumbnails to (n, size, size, 3), in the order given."""
    result = np.empty((len(thumbnails), size, size, 3), dtype=np.uint8)

    def fill(index: int) -> None:
        result[index] = square(thumbnails[index], size)

    if threads <= 1:
        for index in range(len(thumbnails)):
            fill(index)
    else:
        with ThreadPoolExecutor(threads) as pool:
            for _ in pool.map(fill, range(len(thumbnails))):
                pass
    return result
