"""Decode an image file to upright RGB, of the size that is wanted.

A JPEG that is to be smaller is decoded by `jpeg/`, if it is of a usual kind and without a fault. Any other
plain JPEG goes through simplejpeg, which scales by 1/2, 3/8, 1/4 or 1/8 while it decodes; all else goes
through Pillow, restricted to the formats of `formats.py`. What is still too large then is resized by Pillow's
BILINEAR, which widens its triangle to the area that a target pixel covers (antialiasing), as `jpeg/` does.
All release the GIL, so threads are enough.

What is read, and how: the first frame of an animation; alpha laid on white; 16-bit grey scaled so that its
white is 255; a TIFF of 32-bit or floating-point values, which has no defined white, from its lowest (0) to
its highest (255) value; CMYK and Lab by Pillow's own conversion. Colour profiles are not applied.
"""

import io
import struct
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import simplejpeg
from numpy.typing import NDArray
from PIL import Image

from tamis.images.formats import CERTAIN, Format, prepare, sniff, webp_size
from tamis.model.image import BadImage, BadImageReason

Pixels = NDArray[np.uint8]
"""(height, width, 3) RGB."""

Size = tuple[int, int]
"""Width and height."""
Fit = Callable[[int, int], Size]
"""From the width and the height of an upright picture to those that are wanted."""

PIXEL_LIMIT = 100_000_000

_DAMAGE = (
    OSError, SyntaxError, ValueError, EOFError, LookupError, TypeError, ArithmeticError, AttributeError,
    RuntimeError, Warning, struct.error, zlib.error,
)  # fmt: skip
"""All that Pillow raises on damaged input. MemoryError is not among them: it says nothing of the file."""

_ORIENTATION = 0x0112
_IDENTITY = (False, False, False)
# EXIF orientation -> (transpose, then mirror top to bottom, then mirror left to right)
_TURNS = {
    1: _IDENTITY, 2: (False, False, True), 3: (False, True, True), 4: (False, True, False),
    5: (True, False, False), 6: (True, False, True), 7: (True, True, True), 8: (True, True, False),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Decoded:
    """Upright pixels of the size that was wanted; `width` and `height` are those of the upright original."""

    pixels: Pixels
    width: int
    height: int
    format: Format
    mode: str


def decode(data: bytes, fit: Fit | None = None, *, pixel_limit: int = PIXEL_LIMIT) -> Decoded:
    """Decode a whole image file, to the size that `fit` wants, or as large as it is.

    Raises:
        BadImage: with the reason.
    """
    picture, name = _open(data, pixel_limit)
    mode = picture.mode
    if name != "JPEG":
        with _damage_refused():
            picture.load()  # other formats may have their orientation behind the pixels
    transpose, top_to_bottom, left_to_right = _TURNS.get(_orientation(picture), _IDENTITY)
    width, height = _turned(picture.size, transpose)
    wanted = fit(width, height) if fit else (width, height)
    lying = _turned(wanted, transpose)
    pixels: Pixels | None = None
    if name == "JPEG" and mode in ("RGB", "L"):
        pixels = _decode_jpeg(data, picture.size, lying)
    if pixels is None:
        with _damage_refused():
            pixels = _load(picture, lying)
    if transpose:
        pixels = pixels.transpose(1, 0, 2)
    pixels = pixels[:: -1 if top_to_bottom else 1, :: -1 if left_to_right else 1]
    return Decoded(resized(np.ascontiguousarray(pixels), wanted), width, height, name, mode)


@contextmanager
def _damage_refused() -> Iterator[None]:
    try:
        yield
    except _DAMAGE as error:
        raise BadImage(BadImageReason.TRUNCATED) from error


def _turned(size: Size, transpose: bool) -> Size:
    return (size[1], size[0]) if transpose else size


def resized(rgb: Pixels, size: Size) -> Pixels:
    """Resize to (height, width, 3); what has the size already is returned as it is."""
    if rgb.shape[1::-1] == size:
        return rgb
    return np.asarray(Image.fromarray(rgb).resize(size, Image.Resampling.BILINEAR))


def _open(data: bytes, pixel_limit: int) -> tuple[Image.Image, Format]:
    """Read the header only, and refuse what is too large before a single pixel is decoded."""
    if not data:
        raise BadImage(BadImageReason.EMPTY)
    name = sniff(data)
    if name is None:
        raise BadImage(BadImageReason.NOT_AN_IMAGE)
    if name == "WEBP":
        _check_size(webp_size(data), pixel_limit)
    prepare(name)
    try:
        picture = Image.open(io.BytesIO(data), formats=(name,))
    except _DAMAGE as error:
        certain = name in CERTAIN
        raise BadImage(BadImageReason.TRUNCATED if certain else BadImageReason.NOT_AN_IMAGE) from error
    _check_size(picture.size, pixel_limit)
    return picture, name


def _check_size(size: tuple[int, int], pixel_limit: int) -> None:
    if size[0] * size[1] > pixel_limit:
        raise BadImage(BadImageReason.TOO_MANY_PIXELS)


def _decode_jpeg(data: bytes, size: Size, wanted: Size) -> Pixels | None:
    """Decode to the size that is wanted, or to more than that; None if Pillow is to have the last word.

    By libjpeg only factors of 2 and more: scaling by 7/8 and the like costs more than a full decode. Its
    complaints are taken seriously when data is missing, and left to Pillow where it is only odd: cameras that
    write stray bytes between two markers are many.
    """
    if wanted != size and wanted[0] <= size[0] and wanted[1] <= size[1]:
        from tamis.images.jpeg.shrink import shrunk  # loads numba

        small = shrunk(data, size, wanted)
        if small is not None:
            return small
    try:
        pixels: Pixels = simplejpeg.decode_jpeg(
            data, "RGB", min_width=wanted[0], min_height=wanted[1], min_factor=2
        )
    except ValueError as error:
        if "remature end" in str(error):
            raise BadImage(BadImageReason.TRUNCATED) from error
        return None
    return pixels


def _load(picture: Image.Image, wanted: Size) -> Pixels:
    """Decode with Pillow to RGB, shrunk by a whole factor if both sides stay twice as large as wanted."""
    least = 2 * wanted[0], 2 * wanted[1]
    picture.draft(None, least)  # JPEG alone can shrink while it decodes
    picture.load()
    if picture.mode == "F" or picture.mode.startswith("I"):
        flat = Image.fromarray(_eight_bit(picture))
    elif picture.has_transparency_data:
        flat = picture.convert("RGBA")
    else:
        flat = picture.convert("RGB")
    factor = min(flat.width // least[0], flat.height // least[1])
    if factor > 1:
        flat = flat.reduce(factor)
    if flat.mode == "RGBA":
        white = Image.new("RGB", flat.size, "white")
        white.paste(flat, mask=flat)
        flat = white
    return np.asarray(flat.convert("RGB"))


def _eight_bit(picture: Image.Image) -> NDArray[np.uint8]:
    values = np.asarray(picture)
    if picture.mode.startswith("I;16"):
        white = 65535
        if picture.format == "TIFF" and picture.tag_v2.get(258) == (12,):  # type: ignore[attr-defined]
            white = 4095  # 12 bits per sample, as cameras of microscopes write them
        table = np.minimum(np.arange(65536, dtype=np.uint32) * 255 + white // 2, white * 255 + white // 2)
        eight_bit: NDArray[np.uint8] = (table // white).astype(np.uint8)[values]
        return eight_bit
    numbers = values.astype(np.float32)
    numbers[~np.isfinite(numbers)] = 0
    low, high = float(numbers.min()), float(numbers.max())
    numbers -= low
    numbers *= 255 / ((high - low) or 1)
    return np.rint(numbers).astype(np.uint8)


def _orientation(picture: Image.Image) -> int:
    """Read the EXIF orientation; broken EXIF is no reason to refuse a picture."""
    try:
        return int(picture.getexif().get(_ORIENTATION, 1))
    except _DAMAGE:
        return 1
