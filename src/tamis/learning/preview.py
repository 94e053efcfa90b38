"""What augmentation does, to look at before training: a few images, and views of each."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from tamis.images.sheet import sheet
from tamis.learning.augment import augment
from tamis.learning.augmentation import PRESETS, Augmentation
from tamis.learning.feed import Images, sample_rows

IMAGES, VIEWS = 8, 5


def preview(images: Images, augmentation: Augmentation, size: int, seed: int = 0, title: str = "") -> bytes:
    """Draw eight of the uint8 images (n, side, side, 3) with five views of each beside it, as a PNG."""
    chosen = torch.from_numpy(np.ascontiguousarray(images[sample_rows(len(images), IMAGES, seed)]))
    generator = torch.Generator().manual_seed(seed)
    views = [_pixels(augment(chosen, augmentation, size, generator)) for _ in range(VIEWS)]
    columns = [_pixels(augment(chosen, PRESETS["none"], size, generator)), *views]
    heads = ["Original", *(f"View {number}" for number in range(1, VIEWS + 1))]
    return sheet(np.stack(columns, axis=1), heads, title or "Augmentation", augmentation.told())


def _pixels(views: Tensor) -> NDArray[np.uint8]:
    """Turn normalised views (n, 3, s, s) back into uint8 pictures (n, s, s, 3)."""
    pixels = (views * 128 + 127).round().clamp(0, 255).to(torch.uint8)
    return pixels.permute(0, 2, 3, 1).numpy()
