"""Results to draw: made up, with every kind of thing that a real one can hold."""

import numpy as np
from PIL import Image, ImageDraw

from demo.result import Kept, Result


def cut_out(colour: str = "#2f6b4c") -> Image.Image:
    image = Image.new("RGBA", (64, 64), (0, 0, 0, 0))
    ImageDraw.Draw(image).ellipse((8, 8, 56, 56), fill=colour)
    return image


def photograph(width: int = 160, height: int = 90) -> Image.Image:
    return Image.fromarray(np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8))


def result(n: int = 200, keep: int = 12, name: str = "birds/<b>&\"'.png") -> Result:
    points = np.random.default_rng(1).normal(size=(n, 2)).astype(np.float32)
    points[n - 1] = np.nan  # a sample that has no vector
    kept = [
        Kept(
            position=(7 * rank) % (n - 1) if n > 1 else 0,
            name=name,
            label=name.rsplit("/", maxsplit=1)[-1],
            importance=0.8 / (rank + 1),
            picture=cut_out() if rank % 2 else photograph(),
        )
        for rank in range(keep)
    ]
    curve = [(k, 3.0 / k, 1.0 / k) for k in range(1, keep + 1)]
    return Result(
        title="birds & <bees>",
        points=points,
        kept=kept,
        total=n,
        problems=2,
        curve=curve,
        random_curve=[(k, radius * 1.5, mean * 1.2) for k, radius, mean in curve],
        speeds={"ingest": 812.4, "embed": 112.0},
        strategy="representative",
        encoder="lite0",
        seed=0,
        digest="6741c0de8a91b20f" * 4,
    )
