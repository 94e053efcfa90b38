"""A preview shows eight images as they are and five views of each, the same for the same seed."""

import io

import numpy as np
from PIL import Image

from tamis.learning.augmentation import PRESETS
from tamis.learning.preview import preview
from tests.learning.running import pictures


def opened(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png))


def test_a_preview_is_a_sheet_of_originals_and_views() -> None:
    images = pictures(12, 24).images
    png = preview(images, PRESETS["natural"], 16, seed=3)
    assert png == preview(images, PRESETS["natural"], 16, seed=3) != preview(images, PRESETS["natural"], 16)
    few = opened(preview(images[:2], PRESETS["natural"], 16))
    assert opened(png).format == "PNG" and opened(png).width == few.width
    assert opened(png).height - few.height == 6 * (144 + 8)


def test_without_augmentation_all_columns_are_the_original() -> None:
    pixels = np.asarray(opened(preview(pictures(2, 24).images, PRESETS["none"], 24)))
    first = pixels[114 : 114 + 144, 24 : 24 + 144]
    last = pixels[114 : 114 + 144, 24 + 168 + 4 * 152 :][:, :144]
    assert np.array_equal(first, last)
