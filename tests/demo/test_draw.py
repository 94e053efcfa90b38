"""The pictures hold what they should where they should."""

import numpy as np
import pytest
from PIL import Image, ImageColor

from demo import draw
from tests.demo.results import cut_out, photograph


def near(pixel: tuple[int, ...], colour: str) -> bool:
    return max(abs(a - b) for a, b in zip(pixel, ImageColor.getrgb(colour), strict=True)) < 24


def test_fitted_points_keep_their_proportions_and_stay_inside() -> None:
    points = np.array([[0, 0], [2, 0], [0, 1], [np.nan, np.nan]], np.float32)
    assert draw.fitted(points, (300, 200), margin=50)[:3].tolist() == [[50, 150], [250, 150], [50, 50]]
    assert np.isnan(draw.fitted(points, (300, 200), margin=50)[3]).all()


@pytest.mark.parametrize("points", [np.zeros((0, 2)), np.full((2, 2), np.nan), np.ones((5, 2))])
def test_a_plot_of_nothing_or_of_one_place_is_drawn(points: np.ndarray) -> None:
    image = draw.embedding(points.astype(np.float32), np.arange(min(len(points), 1)), size=(200, 150))
    assert image.size == (200, 150)


def test_kept_points_are_in_the_accent_colour_and_others_grey() -> None:
    points = np.array([[0, 0], [10, 0], [10, 10], [0, 10]], np.float32)
    image = draw.embedding(points, np.array([2]), size=(400, 400))
    places = draw.fitted(points, (400, 400), margin=70).round().astype(int).tolist()
    assert [near(image.getpixel(tuple(place)), draw.ACCENT) for place in places] == [
        False,
        False,
        True,
        False,
    ]
    assert near(image.getpixel(tuple(places[0])), draw.POINT)


def test_the_best_kept_point_is_drawn_on_top() -> None:
    apart = np.array([[0, 0], [100, 100], [50, 50], [50.8, 50]], np.float32)
    first, second = (draw.embedding(apart, np.array(kept), size=(400, 400)) for kept in ([2, 3], [3, 2]))
    assert first.tobytes() != second.tobytes()


@pytest.mark.parametrize(("n", "columns"), [(1, 3), (12, 4), (20, 5), (100, 10), (1000, 25)])
def test_the_last_row_of_a_sheet_is_as_full_as_can_be(n: int, columns: int) -> None:
    assert draw.columns_for(n) == columns


@pytest.mark.parametrize("n", [1, 7, 100, 700])
def test_a_contact_sheet_shows_every_picture(n: int) -> None:
    sheet = draw.contact_sheet([Image.new("RGB", (8, 8), "#c00000")] * n, ["0.5"] * n, total=1000)
    red = np.abs(np.asarray(sheet).astype(int) - [192, 0, 0]).sum(axis=2) < 30
    columns = min(draw.columns_for(n), n)
    rows = -(-n // columns)
    assert most_runs(red) == columns
    assert most_runs(red.T) == rows
    last = np.flatnonzero(red.any(axis=1))[-1]
    assert most_runs(red[last : last + 1]) == n - columns * (rows - 1)
    assert sheet.width == 1600


def most_runs(mask: np.ndarray) -> int:
    """How often, in the line where that is most, something begins."""
    before = np.pad(mask, ((0, 0), (1, 0)))[:, :-1]
    return int((mask & ~before).sum(axis=1).max())


def test_a_cut_out_keeps_air_around_it_and_a_photograph_fills_its_tile() -> None:
    assert draw.has_alpha(cut_out())
    assert not draw.has_alpha(photograph())
    assert not draw.has_alpha(Image.new("RGBA", (4, 4), "white"))
    tile = draw.tile(cut_out("#0000ff"), 100)
    assert near(tile.getpixel((50, 50)), "#0000ff")
    assert near(tile.getpixel((50, 6)), draw.PANEL)
    assert near(draw.tile(Image.new("RGB", (90, 30), "#00ff00"), 100).getpixel((50, 4)), "#00ff00")
    assert near(tile.getpixel((0, 0)), draw.PAPER)
