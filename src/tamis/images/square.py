"""Squares for the encoders, from our own thumbnails.

This is part of an embedding's preprocessing, so it is fixed: the JPEG is decoded by libjpeg-turbo (accurate
integer DCT, smooth chroma upsampling) at 1, 1/2, 3/8, 1/4 or 1/8 of its size, the smallest at which neither
side is below `size`; that is squashed to the square, aspect ratio not kept, by Pillow's BILINEAR, which
widens its triangle to the area that a target pixel covers (antialiasing) and rounds to 8 bits.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import simplejpeg
from numpy.typing import NDArray
from PIL import Image

from tamis.images.decode import Pixels
from tamis.model.image import BadImage, BadImageReason


def square(data: bytes, size: int) -> Pixels:
    """Decode a thumbnail and squash it to (size, size, 3).

    Raises:
        BadImage: it is no JPEG, or it is damaged.
    """
    try:
        pixels: Pixels = simplejpeg.decode_jpeg(data, "RGB", min_height=size, min_width=size, min_factor=2)
    except ValueError as error:
        raise BadImage(BadImageReason.TRUNCATED) from error
    if pixels.shape[:2] == (size, size):
        return pixels
    return np.asarray(Image.fromarray(pixels).resize((size, size), Image.Resampling.BILINEAR))


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
