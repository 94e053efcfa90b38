"""Which formats are read, told from the first bytes alone: the name of the file counts for nothing."""

import functools
import warnings
from typing import Literal

from PIL import (
    BmpImagePlugin,  # noqa: F401 - imported so that Pillow never has to look for plugins of other formats
    GifImagePlugin,  # noqa: F401
    Image,
    JpegImagePlugin,  # noqa: F401
    PngImagePlugin,  # noqa: F401
    TiffImagePlugin,  # noqa: F401
    WebPImagePlugin,  # noqa: F401
)

Format = Literal["JPEG", "PNG", "WEBP", "BMP", "TIFF", "GIF", "HEIF"]

HEAD_BYTES = 32
"""How much of a file `sniff` looks at."""

_STARTS: tuple[tuple[bytes, Format], ...] = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"BM", "BMP"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"II+\0", "TIFF"),  # BigTIFF
    (b"MM\0+", "TIFF"),
)
_HEIF_BRANDS = frozenset(
    {b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"hevm", b"hevs", b"mif1", b"msf1"}
)

CERTAIN: frozenset[Format] = frozenset({"JPEG", "PNG", "WEBP", "TIFF", "GIF", "HEIF"})
"""Formats whose first bytes are never those of a text by chance; a text may well begin with "BM"."""


def sniff(data: bytes) -> Format | None:
    """Name the format that the first bytes announce."""
    for start, name in _STARTS:
        if data.startswith(start):
            return name
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    if data[4:8] == b"ftyp" and data[8:12] in _HEIF_BRANDS and b"avif" not in data[:HEAD_BYTES]:
        return "HEIF"
    return None


def webp_size(data: bytes) -> tuple[int, int]:
    """Read width and height of a WebP file's canvas; (0, 0) where the header is not one that is known.

    Pillow makes room for the whole canvas as soon as it opens the file, so the size is looked up before that.
    """
    kind = data[12:16]
    if kind == b"VP8X":
        return 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
    if kind == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if kind == b"VP8 ":
        sides = int.from_bytes(data[26:30], "little")
        return sides & 0x3FFF, sides >> 16 & 0x3FFF
    return 0, 0


@functools.cache
def prepare(name: Format) -> None:
    """Make Pillow ready for one format, once in a process."""
    # The limit on pixels is ours and is checked on every picture; Pillow's would warn below it.
    Image.MAX_IMAGE_PIXELS = None
    warnings.filterwarnings("ignore", module=r"PIL\.")
    if name == "HEIF":
        import pi_heif  # here, so that libheif is only loaded by those who have such photos

        pi_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False, decode_threads=1)
