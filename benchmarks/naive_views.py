"""The recipe `natural` with Pillow and NumPy, one image after the other: what a batch is compared with."""

import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageEnhance, ImageFilter

from tamis.learning.augmentation import Augmentation

Pixels = NDArray[np.uint8]


def view(image: Pixels, augmentation: Augmentation, size: int, rng: np.random.Generator) -> Pixels:
    """Make one view (size, size, 3) of an image (h, w, 3): crop, flip, jitter, gray and blur."""
    picture = cropped(Image.fromarray(image), augmentation, size, rng)
    if rng.random() < augmentation.hflip.probability:
        picture = picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    jitter = augmentation.jitter
    if rng.random() < jitter.probability:
        for enhance, strength in (
            (ImageEnhance.Brightness, jitter.brightness),
            (ImageEnhance.Contrast, jitter.contrast),
            (ImageEnhance.Color, jitter.saturation),
        ):
            picture = enhance(picture).enhance(rng.uniform(1 - strength, 1 + strength))
        picture = turned(picture, jitter.hue, rng)
    if rng.random() < augmentation.gray.probability:
        picture = picture.convert("L").convert("RGB")
    if rng.random() < augmentation.blur.probability:
        widest = augmentation.blur.strength / 100 * size
        picture = picture.filter(ImageFilter.GaussianBlur(rng.uniform(0.1 * widest, widest)))
    return np.asarray(picture)


def cropped(
    picture: Image.Image, augmentation: Augmentation, size: int, rng: np.random.Generator
) -> Image.Image:
    """Cut out a part by area and shape, and resize it."""
    crop = augmentation.crop
    area = rng.uniform(crop.min_scale, crop.max_scale)
    ratio = math.exp(rng.uniform(-1, 1) * math.log(crop.ratio))
    width, height = min(1, math.sqrt(area * ratio)), min(1, math.sqrt(area / ratio))
    left, top = rng.uniform(0, 1 - width), rng.uniform(0, 1 - height)
    w, h = picture.size
    box = (left * w, top * h, (left + width) * w, (top + height) * h)
    return picture.resize((size, size), Image.Resampling.BILINEAR, box)


def turned(picture: Image.Image, hue: float, rng: np.random.Generator) -> Image.Image:
    """Turn the hue by up to a share of half a circle."""
    pixels = np.array(picture.convert("HSV"))
    pixels[..., 0] += np.uint8(round(rng.uniform(-hue, hue) * 128) % 256)
    return Image.fromarray(pixels, "HSV").convert("RGB")
