"""Folders of small pictures, made up; the same number gives the same pictures."""

from pathlib import Path

import numpy as np
from PIL import Image


def write_photos(folder: Path, n: int) -> Path:
    """Write `n` small JPEG files of soft colours: IMG_0000.jpg and so on."""
    folder.mkdir(parents=True)
    noise = np.random.default_rng(n)
    for number in range(n):
        low = noise.integers(0, 256, (6, 8, 3), dtype=np.uint8)
        Image.fromarray(low).resize((160, 120)).save(folder / f"IMG_{number:04d}.jpg", quality=90)
    return folder
