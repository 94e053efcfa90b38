"""How fast is a JPEG decoded to an encoder's square? `python -m benchmarks.decode [--side N]`

CPU time of one thread, for photos of 12 megapixels and of 500 x 375, down to 224 x 224, the square of the
default encoder, or another side: our way (with a checked header, turned as EXIF says), Pillow in full, and
Pillow with `draft`, both with its BILINEAR. The three take turns, and the median of the rounds counts. The
photos are the drawn ones of `benchmarks.images`, laid side by side; for 12 megapixels they are enlarged
first, so that there are about 2 or 3 MB to a file, as a telephone writes them.
"""

import argparse
import io
import statistics
import time
from collections.abc import Callable

import numpy as np
from PIL import Image

from benchmarks import machine
from benchmarks.images import photos
from tamis.images.decode import Pixels
from tamis.images.square import square

SIDE = 224
LARGE_TARGETS, SMALL_TARGETS = {"Pillow": 7.0, "draft": 1.5}, {"Pillow": 2.0}
PHOTOS = {
    "12 MP, quality 82": (4000, 3000, 82, LARGE_TARGETS),
    "12 MP, quality 90": (4000, 3000, 90, LARGE_TARGETS),
    "500 px, quality 90": (500, 375, 90, SMALL_TARGETS),
}
"""Width, height, quality, and how many times as fast as the others ours is to be."""


def ours(data: bytes, side: int) -> Pixels:
    """Decode as Tamis does."""
    return square(data, side)


def pillow(data: bytes, side: int) -> Pixels:
    """Decode in full with Pillow."""
    with Image.open(io.BytesIO(data)) as opened:
        return squashed(opened.convert("RGB"), side)


def draft(data: bytes, side: int) -> Pixels:
    """Let Pillow shrink while it decodes, to the target or more."""
    with Image.open(io.BytesIO(data)) as opened:
        opened.draft("RGB", (side, side))
        return squashed(opened.convert("RGB"), side)


def squashed(picture: Image.Image, side: int) -> Pixels:
    """Resize to the square, aspect ratio not kept."""
    return np.asarray(picture.resize((side, side), Image.Resampling.BILINEAR))


def photo(width: int, height: int, quality: int, number: int) -> bytes:
    """Return a JPEG of this size, of drawn photos side by side."""
    paths = sorted(photos(250).glob("*.jpg"))
    canvas = Image.new("RGB", (width, height))
    tile = (1280, 960) if width > 1280 else (640, 480)
    index = number
    for top in range(0, height, tile[1]):
        for left in range(0, width, tile[0]):
            with Image.open(paths[index % len(paths)]) as drawn:
                canvas.paste(drawn.resize(tile, Image.Resampling.BICUBIC), (left, top))
            index += 1
    written = io.BytesIO()
    canvas.save(written, "JPEG", quality=quality)
    return written.getvalue()


def cpu_seconds(way: Callable[[bytes, int], Pixels], data: list[bytes], side: int) -> float:
    """Return the CPU seconds that one way takes for one image, on average."""
    started = time.thread_time()
    for each in data:
        way(each, side)
    return (time.thread_time() - started) / len(data)


def measure(data: list[bytes], rounds: int, side: int) -> dict[str, float]:
    """Return images per CPU second of each way."""
    ways = {"Tamis": ours, "Pillow": pillow, "draft": draft}
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            taken[name].append(cpu_seconds(way, data, side))
    return {name: 1 / statistics.median(seconds) for name, seconds in taken.items()}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--side", type=int, default=SIDE, help=f"pixels of the square; {SIDE} unless told")
    arguments = parser.parse_args()
    print(f"{machine.model()}, one thread, load {machine.load()}")
    for name, (width, height, quality, targets) in PHOTOS.items():
        data = [photo(width, height, quality, number) for number in range(2 if width > 1000 else 40)]
        speeds = measure(data, arguments.rounds, arguments.side)
        print(f"\n{name}, {sum(map(len, data)) / len(data) / 1e3:,.0f} kB: images per CPU second")
        for way, speed in speeds.items():
            ratio = speeds["Tamis"] / speed
            target = targets.get(way)
            verdict = (
                "" if target is None else f"   target {target:g}: {'met' if ratio >= target else 'MISSED'}"
            )
            print(f"  {way:8}{speed:9.1f}   {ratio:5.2f} x{verdict}")


if __name__ == "__main__":
    main()
