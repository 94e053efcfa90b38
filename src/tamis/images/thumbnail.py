"""Thumbnails: JPEG, at most 512 pixels on the longest side, without EXIF, the same bytes for the same pixels.

Quality 85 with halved chroma is the middle of the curve: on a noisy 512-pixel picture, 75 saves a fifth of
the bytes but raises the error by a fifth, and 90 adds a fifth to the bytes for a tenth less error. Shrinking
averages over the area that a pixel covers (Pillow's BILINEAR, a triangle as wide as two target pixels), so
fine patterns turn grey instead of into moire.
"""

import numpy as np
import simplejpeg

from tamis.images.decode import Pixels, Size, resized
from tamis.model.image import BadImage, BadImageReason

LONGEST_SIDE = 512
QUALITY = 85
SMALL_QUALITY = 75


def fitted(width: int, height: int, longest_side: int = LONGEST_SIDE) -> Size:
    """Return the size of a picture's thumbnail: its aspect ratio is kept, and it is never enlarged."""
    longest = max(width, height)
    if longest <= longest_side:
        return width, height
    return max(1, round(width * longest_side / longest)), max(1, round(height * longest_side / longest))


def shrink(rgb: Pixels, longest_side: int = LONGEST_SIDE) -> Pixels:
    """Shrink to the longest side; a smaller picture is returned as it is."""
    height, width = rgb.shape[:2]
    return resized(rgb, fitted(width, height, longest_side))


def smaller(jpeg: bytes, longest_side: int) -> bytes:
    """Shrink a thumbnail further, for a grid; one that is small enough already is returned as it is.

    Raises:
        BadImage: it is no JPEG, or it is damaged.
    """
    try:
        height, width, _, _ = simplejpeg.decode_jpeg_header(jpeg)
        if max(height, width) <= longest_side:
            return jpeg
        # libjpeg shrinks while it decodes, but not below what is wanted; the rest is averaged.
        wide = {"min_width" if width >= height else "min_height": longest_side}
        pixels: Pixels = simplejpeg.decode_jpeg(jpeg, "RGB", min_factor=2, **wide)
    except ValueError as error:
        raise BadImage(BadImageReason.TRUNCATED) from error
    return encode(shrink(pixels, longest_side), SMALL_QUALITY)


def encode(rgb: Pixels, quality: int = QUALITY) -> bytes:
    """Encode as JPEG in a thumbnail's quality, whatever the size."""
    data: bytes = simplejpeg.encode_jpeg(
        np.ascontiguousarray(rgb), quality=quality, colorspace="RGB", colorsubsampling="420"
    )
    return data
