"""Make the benchmark's photos: JPEGs of 640 x 480 in which the demo's emoji lie before soft, grainy grounds.

`python -m benchmarks.images [--images N]` writes them into the git-ignored .cache, where they stay. The same
number gives the same pixels. The grain makes the files as large as a camera's of this size, 50 to 100 kB, so
that decoding costs what it costs for photos.
"""

import argparse
import os
import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

CACHE = Path(__file__).resolve().parents[1] / ".cache"
COUNT = 2000
WIDTH, HEIGHT = 640, 480
QUALITY = 85
_GRAIN = 9.0
_VERSION = 1


def photos(count: int = COUNT, cache: Path = CACHE) -> Path:
    """Return the folder of `count` photos, fetching the emoji and drawing when it is not there yet."""
    folder = cache / f"benchmark-{count}-v{_VERSION}"
    if not folder.is_dir():
        from demo.emoji import lay_out
        from demo.fetch import EMOJI, fetch_npm

        package = fetch_npm(*EMOJI, into=cache)
        lay_out(package, cache / "benchmark-emoji")
        draw_all(sorted((cache / "benchmark-emoji").rglob("*.png")), count, folder)
    return folder


def draw_all(emoji: list[Path], count: int, into: Path) -> None:
    """Draw `count` photos into a new folder, in threads; the folder is there when it is complete."""
    into.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=".drawing-", dir=into.parent))
    grain = np.random.default_rng(0).normal(0, _GRAIN, (2 * HEIGHT, 2 * WIDTH, 1)).astype(np.float32)
    try:
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            for _ in pool.map(partial(_draw, emoji, grain, scratch), range(count)):
                pass
        scratch.rename(into)
    except OSError:
        if not into.is_dir():  # where it is, another process has drawn the same ones meanwhile
            raise
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _draw(emoji: list[Path], grain: NDArray[np.float32], into: Path, number: int) -> None:
    chance = np.random.default_rng(number)
    picture = _ground(chance)
    for turn in range(chance.integers(1, 6)):
        # The first draws from all in turn, so that no emoji is missing where there are photos enough.
        path = emoji[number % len(emoji)] if turn == 0 else emoji[chance.integers(len(emoji))]
        side = int(chance.integers(90, 330))
        with Image.open(path) as small:
            figure = small.convert("RGBA").resize((side, side), Image.Resampling.BICUBIC)
        figure = figure.rotate(float(chance.uniform(-40, 40)), Image.Resampling.BILINEAR)
        place = (
            int(chance.integers(-side // 4, WIDTH - side)),
            int(chance.integers(-side // 4, HEIGHT - side // 2)),
        )
        picture.paste(figure, place, figure)
    top, left = int(chance.integers(HEIGHT)), int(chance.integers(WIDTH))
    pixels = np.asarray(picture, np.float32) + grain[top : top + HEIGHT, left : left + WIDTH]
    final = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
    final.save(into / f"IMG_{number:05}.jpg", quality=QUALITY)


def _ground(chance: np.random.Generator) -> Image.Image:
    """Return a soft ground: a few large patches of light, and finer ones above them."""
    ground = np.zeros((HEIGHT, WIDTH, 3), np.float32)
    for cells, strength in ((3, 1.0), (12, 0.35), (60, 0.15)):
        patches = chance.integers(0, 256, (cells, cells * 4 // 3, 3), dtype=np.uint8)
        large = Image.fromarray(patches).resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC)
        ground += strength * (np.asarray(large, np.float32) - 128)
    return Image.fromarray(np.clip(ground * 0.7 + 128, 0, 255).astype(np.uint8))


def main() -> None:
    """Make the photos and say where they are."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=COUNT, help="how many")
    print(photos(parser.parse_args().images))


if __name__ == "__main__":
    main()
