"""What augmentation teaches a network to pass over: `python -m benchmarks.colour [--picture FILE]`

The classic example are leaves: whoever tells green ones from brown ones must not augment the colour away.
Here are 310 emoji of people and hands, each in five skin tones, from the set of the demo. The same network is
trained on them twice, for the same number of steps: with the preset `natural`, which changes colours, and
with `color-matters`, which does not. Then two labels are asked for by nearest neighbours of the vectors:

- colour: the skin tone, voted by the five nearest images of *other* emoji;
- shape: which emoji it is; the share of the four nearest images that are the same emoji in other tones.

Pixels (16 x 16) and the untrained network stand beside them. Means over seeds, with the standard deviation.
"""

import argparse
import json
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks import machine, panels
from benchmarks.labelled import CACHE
from demo.fetch import EMOJI, fetch_npm
from tamis.images.read import read_image
from tamis.images.square import squares
from tamis.model.machine import cores

SIDE, SIZE, STEPS, BATCH = 40, 32, 150, 128
TONES = ("1F3FB", "1F3FC", "1F3FD", "1F3FE", "1F3FF")
VOTES = 5

Floats = NDArray[np.float32]
Labels = NDArray[np.int64]


@dataclass(frozen=True)
class Toned:
    """Images (n, SIDE, SIDE, 3) of uint8; the tone and the emoji of each."""

    images: NDArray[np.uint8]
    tones: Labels
    emoji: Labels


def toned() -> Toned:
    """Return all emoji that come in exactly five skin tones."""
    package = fetch_npm(*EMOJI, CACHE)
    entries = json.loads((package / "emoji.json").read_text(encoding="utf-8"))
    varied = [
        entry["skin_variations"]
        for entry in entries
        if set(entry.get("skin_variations", ())) == set(TONES)
        and all(one["has_img_google"] for one in entry["skin_variations"].values())
    ]
    names = [variations[tone]["image"] for variations in varied for tone in TONES]
    results = (read_image(package / "img/google/64", name.encode()) for name in names)
    thumbnails = [result.thumbnail for result in results if result.thumbnail is not None]
    n = len(varied)
    return Toned(
        squares(thumbnails, SIDE, cores()),
        np.tile(np.arange(len(TONES)), n),
        np.repeat(np.arange(n), len(TONES)),
    )


def scores(vectors: Floats, data: Toned) -> tuple[float, float]:
    """Return how well colour and shape are told by nearest neighbours, both from 0 to 1."""
    unit = vectors - vectors.mean(axis=0)
    unit /= np.linalg.norm(unit, axis=1, keepdims=True) + 1e-12
    likeness = unit @ unit.T
    same = data.emoji[:, None] == data.emoji
    others = np.argsort(np.where(same, -np.inf, likeness), axis=1)[:, -VOTES:]
    votes = np.apply_along_axis(np.bincount, 1, data.tones[others], minlength=len(TONES))
    colour = float((votes.argmax(axis=1) == data.tones).mean())
    np.fill_diagonal(likeness, -np.inf)
    nearest = np.argsort(likeness, axis=1)[:, 1 - len(TONES) :]
    shape = float(np.take_along_axis(same, nearest, axis=1).mean())
    return colour, shape


def trained(data: Toned, preset: str, seed: int, steps: int) -> Floats:
    """Train the small network with a preset, and return the vectors of all images."""
    from tamis.learning.augmentation import PRESETS
    from tamis.learning.encode import open_trained
    from tamis.learning.feed import pool_of
    from tamis.learning.settings import TrainingSettings
    from tamis.learning.train import train

    settings = TrainingSettings(
        backbone="small", input_size=SIZE, batch_size=BATCH, steps=steps, seed=seed,
        augmentation=PRESETS[preset], threads=cores(),
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as run:
        train(pool_of(data.images), settings, Path(run))
        return open_trained(Path(run)).encode(small(data.images, SIZE))


def small(images: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """Shrink the images, each pixel a mean of its area."""
    import torch

    from tamis.learning.encode import resized

    return resized(torch.from_numpy(images), side).numpy()


def measure(data: Toned, seeds: int, steps: int) -> dict[str, NDArray[np.float64]]:
    """Return colour and shape (seeds, 2) for each way to a vector."""
    pixels = small(data.images, 16).reshape(len(data.images), -1).astype(np.float32)
    found = {"pixels": np.array([scores(pixels, data)])}
    for name, preset, budget in (
        ("untrained", "natural", 1),
        ("natural", "natural", steps),
        ("color-matters", "color-matters", steps),
    ):
        runs = [scores(trained(data, preset, seed, budget), data) for seed in range(seeds)]
        found[name] = np.array(runs)
    return found


def main() -> None:
    """Print the table, and draw the picture where one is asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--picture", type=Path, help="write an SVG here")
    arguments = parser.parse_args()
    data = toned()
    print(f"{machine.model()}, {len(data.images):,} images, {arguments.seeds} seeds, {arguments.steps} steps")
    found = measure(data, arguments.seeds, arguments.steps)
    print(f"{'':16}{'colour':>16}{'shape':>16}")
    for name, runs in found.items():
        cells = (f"{runs[:, i].mean():.3f} ±{runs[:, i].std():.3f}" for i in range(2))
        print(f"{name:16}" + "".join(f"{cell:>16}" for cell in cells))
    if arguments.picture:
        arguments.picture.write_text(drawn(found), encoding="utf-8")


def drawn(found: dict[str, NDArray[np.float64]]) -> str:
    """Return an SVG of both labels over the ways to a vector."""
    means = [runs.mean(axis=0) for runs in found.values()]
    titles = ("Colour: the skin tone", "Shape: which emoji")
    panel = [(title, {"": [float(mean[i]) for mean in means]}) for i, title in enumerate(titles)]
    return panels.draw("What augmentation keeps", list(found), "vectors of", panel, joined=False)


if __name__ == "__main__":
    main()
