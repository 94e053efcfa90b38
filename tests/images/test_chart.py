"""A chart is a picture with a panel for each series."""

import io
import math

import numpy as np
from PIL import Image

from tamis.images.chart import LINE, Series, chart


def pixels(*series: Series) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(chart(series, x_title="step"))))


def orange(picture: np.ndarray) -> int:
    return int((picture == LINE).all(axis=2).sum())


def test_each_series_has_a_panel() -> None:
    one = pixels(Series("loss", [1, 2, 3], [3.0, 2.0, 1.0]))
    three = pixels(*[Series("loss", [1, 2, 3], [3.0, 2.0, 1.0])] * 3)
    assert three.shape == (one.shape[0] * 2, one.shape[1] * 2, 3)
    assert orange(three) == 3 * orange(one) > 1000


def test_odd_values_do_no_harm() -> None:
    nothing = pixels(Series("loss", [1, 2], [math.nan, math.inf]))
    assert orange(nothing) == 0
    assert orange(pixels(Series("loss", [1, 2], [0.5, 0.5]))) > 0
    assert orange(pixels(Series("loss", [5], [-1e9]))) > 0
    assert orange(pixels()) == 0
