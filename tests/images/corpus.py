"""Every kind of odd and bad image file, made on the spot. Other rooms' tests use it too.

`GOOD` and `BAD` map a file name to the function that makes its bytes; `write_corpus` lays them all in a
folder, with the odd names, links, FIFOs and folders that are no bytes at all, and says what comes of each.
"""

import functools
import io
import os
import struct
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tamis.model.image import BadImageReason

DATA = Path(__file__).parent / "data"
Maker = Callable[[], bytes]


@functools.cache
def scene(width: int = 90, height: int = 60, seed: int = 0) -> Image.Image:
    """Return a smooth picture that looks different from every side."""
    coarse = np.random.default_rng(seed).integers(0, 256, (6, 9, 3), dtype=np.uint8)
    return Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC)


def encoded(picture: Image.Image, file_format: str, **options: object) -> bytes:
    file = io.BytesIO()
    picture.save(file, file_format, **options)
    return file.getvalue()


def jpeg(width: int = 90, height: int = 60, seed: int = 0) -> bytes:
    return encoded(scene(width, height, seed), "JPEG", quality=90)


def oriented(file_format: str, orientation: int) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    lossless = {"lossless": True} if file_format == "WEBP" else {}
    return encoded(scene(), file_format, exif=exif, **lossless)


def png(width: int, height: int, depth: int, colour: int, rows: Iterable[bytes]) -> bytes:
    """Write a PNG of any bit depth; each row comes without its filter byte."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    compressor = zlib.compressobj(1)
    body = b"".join(compressor.compress(b"\0" + row) for row in rows) + compressor.flush()
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@functools.cache
def bomb() -> bytes:
    """Return a PNG of 20,000 x 20,000 pixels in about 50 kB."""
    return png(20_000, 20_000, 1, 0, (bytes(2500) for _ in range(20_000)))


@functools.cache
def heavy() -> bytes:
    """Return a PNG of 81 million pixels: within the limit, but it takes 400 MB to decode."""
    return png(9000, 9000, 8, 0, (bytes(9000) for _ in range(9000)))


def webp_bomb() -> bytes:
    side = (19_999).to_bytes(3, "little")
    chunk = b"VP8X" + struct.pack("<I", 10) + bytes(4) + side + side
    return b"RIFF" + struct.pack("<I", 4 + len(chunk)) + b"WEBP" + chunk


def ramp16() -> NDArray[np.uint16]:
    return np.linspace(0, 65535, 60 * 90).astype(np.uint16).reshape(60, 90)


def rgb16() -> bytes:
    wide = np.asarray(scene()).astype(">u2") * 256 + 17
    return png(90, 60, 16, 2, (row.tobytes() for row in wide.astype(">u2")))


def tiff12(value: int) -> bytes:
    """Write a TIFF of 2 x 1 packed 12-bit samples: black, and the value."""
    data = value.to_bytes(3, "big")
    tags = ((256, 2), (257, 1), (258, 12), (259, 1), (262, 1), (273, 122), (277, 1), (278, 1), (279, 3))
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, number) for tag, number in tags)
    head = b"II*\0" + struct.pack("<IH", 8, len(tags)) + entries + bytes(4)
    return head.ljust(122, b"\0") + data.ljust(3, b"\0")


def animation(file_format: str) -> bytes:
    frames = [scene(seed=seed) for seed in (1, 2, 3)]
    lossless = {"lossless": True} if file_format == "WEBP" else {}
    return encoded(frames[0], file_format, save_all=True, append_images=frames[1:], duration=100, **lossless)


def with_alpha(mode: str = "RGBA") -> Image.Image:
    picture = scene().convert("RGB")
    picture.putalpha(Image.linear_gradient("L").resize(picture.size))
    return picture.convert(mode)


def clear_palette() -> bytes:
    """Return a palette PNG in which some colours are fully or half transparent."""
    return encoded(scene().quantize(8), "PNG", transparency=bytes([0, 128, 255, 0, 255, 64, 255, 255]))


def stray_bytes() -> bytes:
    """Return a JPEG with a few bytes between its data and its end, as many cameras write it."""
    whole = jpeg()
    return whole[:-2] + bytes(18) + whole[-2:]


def cmyk_jpeg() -> bytes:
    return encoded(scene().convert("CMYK"), "JPEG", quality=90)


GOOD: dict[str, Maker] = {
    "plain.jpg": jpeg,
    "large.jpg": lambda: jpeg(1300, 900),
    "progressive.jpg": lambda: encoded(scene(), "JPEG", quality=90, progressive=True),
    "grey.jpg": lambda: encoded(scene().convert("L"), "JPEG", quality=90),
    "cmyk.jpg": cmyk_jpeg,
    "stray bytes.jpg": stray_bytes,
    "trailing script.jpg": lambda: jpeg() + b"<script>alert(1)</script>",
    "two pictures.jpg": lambda: encoded(scene(), "MPO", save_all=True, append_images=[scene(seed=1)]),
    "a png in truth.jpg": lambda: encoded(scene(), "PNG"),
    "plain.png": lambda: encoded(scene(), "PNG"),
    "grey 16 bit.png": lambda: encoded(Image.fromarray(ramp16()), "PNG"),
    "colour 16 bit.png": rgb16,
    "palette.png": lambda: encoded(scene().quantize(32), "PNG"),
    "clear palette.png": clear_palette,
    "one bit.png": lambda: encoded(scene().convert("1"), "PNG"),
    "grey.png": lambda: encoded(scene().convert("L"), "PNG"),
    "grey and alpha.png": lambda: encoded(with_alpha("LA"), "PNG"),
    "alpha.png": lambda: encoded(with_alpha(), "PNG"),
    "plain.webp": lambda: encoded(scene(), "WEBP", lossless=True),
    "lossy.webp": lambda: encoded(scene(), "WEBP"),
    "alpha.webp": lambda: encoded(with_alpha(), "WEBP", lossless=True),
    "animation.webp": lambda: animation("WEBP"),
    "animation.gif": lambda: animation("GIF"),
    "plain.bmp": lambda: encoded(scene(), "BMP"),
    "plain.tiff": lambda: encoded(scene(), "TIFF"),
    "cmyk.tiff": lambda: encoded(scene().convert("CMYK"), "TIFF"),
    "grey 16 bit.tiff": lambda: encoded(Image.fromarray(ramp16()), "TIFF"),
    "compressed.tiff": lambda: encoded(scene(), "TIFF", compression="tiff_lzw"),
    "one pixel.png": lambda: encoded(scene().crop((0, 0, 1, 1)), "PNG"),
    "a line.png": lambda: encoded(scene(2000, 1), "PNG"),
    "photo.heic": (DATA / "gradient.heic").read_bytes,
    **{
        f"orientation {orientation}.{file_format.lower()}": functools.partial(
            oriented, file_format, orientation
        )
        for file_format in ("JPEG", "PNG", "WEBP", "TIFF")
        for orientation in range(1, 9)
    },
}


def half(maker: Maker) -> Maker:
    return lambda: maker()[: len(maker()) // 2]


BAD: dict[str, tuple[Maker, BadImageReason]] = {
    "empty.jpg": (bytes, BadImageReason.EMPTY),
    "cut.jpg": (half(jpeg), BadImageReason.TRUNCATED),
    "cut progressive.jpg": (half(GOOD["progressive.jpg"]), BadImageReason.TRUNCATED),
    "cut cmyk.jpg": (half(cmyk_jpeg), BadImageReason.TRUNCATED),
    "first bytes only.jpg": (lambda: jpeg()[:20], BadImageReason.TRUNCATED),
    "cut, but ended.jpg": (lambda: half(jpeg)() + b"\xff\xd9", BadImageReason.TRUNCATED),
    "cut.png": (half(GOOD["plain.png"]), BadImageReason.TRUNCATED),
    "cut.webp": (half(GOOD["plain.webp"]), BadImageReason.TRUNCATED),
    "cut.gif": (lambda: encoded(scene(), "GIF")[:-500], BadImageReason.TRUNCATED),
    "cut.bmp": (half(GOOD["plain.bmp"]), BadImageReason.TRUNCATED),
    "cut.tiff": (lambda: GOOD["compressed.tiff"]()[:-2000], BadImageReason.TRUNCATED),
    "cut.heic": (half(GOOD["photo.heic"]), BadImageReason.TRUNCATED),
    "text.jpg": (lambda: b"Once upon a time\n" * 50, BadImageReason.NOT_AN_IMAGE),
    "text like a bitmap.jpg": (lambda: b"BMW is a maker of cars.\n" * 50, BadImageReason.NOT_AN_IMAGE),
    "drawing.jpg": (
        lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        BadImageReason.NOT_AN_IMAGE,
    ),
    "page.jpg": (lambda: b"<!doctype html><script>alert(1)</script>", BadImageReason.NOT_AN_IMAGE),
    "postscript.jpg": (lambda: encoded(scene(), "EPS"), BadImageReason.NOT_AN_IMAGE),
    "document.jpg": (lambda: encoded(scene(), "PDF"), BadImageReason.NOT_AN_IMAGE),
    "icon.png": (lambda: encoded(scene(), "ICO"), BadImageReason.NOT_AN_IMAGE),
    "portable.png": (lambda: encoded(scene(), "PPM"), BadImageReason.NOT_AN_IMAGE),
    "bomb.png": (bomb, BadImageReason.TOO_MANY_PIXELS),
    "bomb.webp": (webp_bomb, BadImageReason.TOO_MANY_PIXELS),
}

UNICODE_NAME = "фото 🐈 é.jpg".encode()
NOT_UTF8_NAME = b"caf\xe9 \xff.jpg"


def write_corpus(folder: Path) -> dict[bytes, BadImageReason | None]:
    """Fill `folder/root` (and `folder/outside`); return what must come of each path, None where it is read.

    The last one, `vanished.jpg`, is not there: it stands for a file that was listed and then removed.
    """
    root, outside = folder / "root", folder / "outside"
    (root / "inner").mkdir(parents=True)
    outside.mkdir()
    expected: dict[bytes, BadImageReason | None] = {}
    for name, maker in GOOD.items():
        (root / name).write_bytes(maker())
        expected[name.encode()] = None
    for name, (maker, reason) in BAD.items():
        (root / name).write_bytes(maker())
        expected[name.encode()] = reason
    for odd in (UNICODE_NAME, NOT_UTF8_NAME, b"inner/same bytes as plain.jpg"):
        (root / os.fsdecode(odd)).write_bytes(jpeg())
        expected[odd] = None
    expected |= _write_links(root, outside)
    os.mkfifo(root / "pipe.jpg")
    (root / "folder.jpg").mkdir()
    expected[b"pipe.jpg"] = expected[b"folder.jpg"] = BadImageReason.NOT_A_FILE
    expected[b"vanished.jpg"] = BadImageReason.VANISHED
    return expected


def _write_links(root: Path, outside: Path) -> dict[bytes, BadImageReason | None]:
    (outside / "secret.jpg").write_bytes(jpeg())
    links: dict[str, tuple[str | Path, BadImageReason | None]] = {
        "link inside.jpg": ("inner/same bytes as plain.jpg", None),
        "link to a folder inside": ("inner", None),
        "link outside.jpg": ("../outside/secret.jpg", BadImageReason.OUTSIDE),
        "absolute link outside.jpg": (outside / "secret.jpg", BadImageReason.OUTSIDE),
        "link to a folder outside": ("../outside", BadImageReason.OUTSIDE),
        "link to a device.jpg": ("/dev/zero", BadImageReason.OUTSIDE),
        "link to nothing.jpg": ("gone.jpg", BadImageReason.VANISHED),
        "link to itself.jpg": ("link to itself.jpg", BadImageReason.NOT_A_FILE),
    }
    for name, (target, _) in links.items():
        (root / name).symlink_to(target)
    below = {
        "link to a folder inside": "/same bytes as plain.jpg",
        "link to a folder outside": "/secret.jpg",
    }
    return {(name + below.get(name, "")).encode(): reason for name, (_, reason) in links.items()}
