"""The measures equal their plain definitions."""

import numpy as np
import pytest
from numpy.typing import NDArray

from tamis.images.measure import measure
from tamis.model.image import Measures
from tests.images import corpus


def naive(rgb: NDArray[np.uint8]) -> Measures:
    """Measure in float64, one pixel after the other."""
    luma = np.array([[round_half_up(pixel @ (19595, 38470, 7471) / 65536) for pixel in row] for row in rgb])
    height, width = luma.shape
    edges = [
        9 * luma[y, x] - luma[y - 1 : y + 2, x - 1 : x + 2].sum()
        for y in range(1, height - 1)
        for x in range(1, width - 1)
    ]
    values = rgb.astype(np.float64)
    return Measures(
        brightness=(luma / 255).mean(),
        contrast=(luma / 255).std(),
        sharpness=float(np.std(edges)) if edges else 0.0,
        signal_to_noise=values.mean() / values.std() if values.std() else 0.0,
    )


def round_half_up(value: float) -> float:
    return float(np.floor(value + 0.5))


def picture(width: int, height: int) -> NDArray[np.uint8]:
    noise = np.random.default_rng(width * height).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return np.where(noise > 200, noise, np.asarray(corpus.scene(width, height)))


PICTURES = {
    "scene": np.asarray(corpus.scene(64, 48)),
    "noise": picture(50, 30),
    "portrait": picture(20, 60),
    "one pixel": picture(1, 1),
    "a line": picture(40, 1),
    "two rows": picture(40, 2),
    "3 x 3": picture(3, 3),
    "black": np.zeros((8, 9, 3), np.uint8),
    "white": np.full((8, 9, 3), 255, np.uint8),
    "chequers": (np.indices((20, 20)).sum(0)[..., None] % 2 * np.full(3, 255)).astype(np.uint8),
    "mirrored view": picture(30, 20)[::-1, ::-1],
}


@pytest.mark.parametrize("name", list(PICTURES))
def test_the_measures_equal_their_definitions(name: str) -> None:
    assert measure(PICTURES[name]).model_dump() == pytest.approx(
        naive(PICTURES[name]).model_dump(), rel=1e-9, abs=1e-9
    )


def test_the_sums_hold_at_any_size() -> None:
    white = np.full((40, 30_000, 3), 255, np.uint8)
    white[0, 0] = 0
    measures = measure(white)
    assert measures.brightness == pytest.approx(1 - 1 / 1_200_000)
    assert measures.signal_to_noise == pytest.approx(white.mean() / white.std())


def test_the_measures_have_the_meaning_that_their_names_promise() -> None:
    scene = np.asarray(corpus.scene(200, 150))
    grey_scene = scene // 4 + 96
    blurred = np.asarray(corpus.scene(200, 150).reduce(5).resize((200, 150)))
    assert measure(grey_scene).contrast < measure(scene).contrast
    assert measure(blurred).sharpness < measure(scene).sharpness
    assert measure(scene // 2).brightness < measure(scene).brightness
    assert measure(grey_scene).signal_to_noise > measure(scene).signal_to_noise
