"""The plot as a picture: every point where it belongs, the active ones over the others."""

import io

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from tamis.images.scatter import PALETTES, Theme, scatter

WIDTH, HEIGHT = 300, 200


def drawn(points: list[tuple[float, float]], active: list[bool], theme: Theme = "light") -> NDArray[np.int64]:
    places = np.array(points, np.float32).reshape(-1, 2)
    data = scatter(
        places[:, 0], places[:, 1], np.array(active, np.bool_), width=WIDTH, height=HEIGHT, theme=theme
    )
    picture = Image.open(io.BytesIO(data))
    assert (picture.format, picture.size, picture.mode) == ("PNG", (WIDTH, HEIGHT), "RGB")
    return np.asarray(picture).astype(np.int64)


def near(picture: NDArray[np.int64], colour: tuple[int, int, int]) -> list[tuple[int, int]]:
    """Return the middles (column, row) of the spots of about this colour, from left to right."""
    close = np.abs(picture - colour).max(axis=2) < 12
    spots: list[list[tuple[int, int]]] = []
    for row, column in np.argwhere(close).tolist():
        for spot in spots:
            if any(abs(column - x) <= 2 and abs(row - y) <= 2 for x, y in spot):
                spot.append((column, row))
                break
        else:
            spots.append([(column, row)])
    means = [np.mean(spot, axis=0).round().astype(int).tolist() for spot in spots]
    return sorted((x, y) for x, y in means)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_points_are_where_they_belong_and_y_points_up(theme: Theme) -> None:
    picture = drawn([(0, 0), (1, 0), (0, 0.5), (1, 0.5)], [True, False, True, True], theme)
    spots = near(picture, PALETTES[theme].active)
    assert [(round(x, -1), round(y, -1)) for x, y in spots] == [(10, 30), (10, 170), (290, 30)]
    assert tuple(picture[100, 150]) == PALETTES[theme].paper  # nothing between them
    grey = np.array(PALETTES[theme].paper) * 0.38 + np.array(PALETTES[theme].muted) * 0.62
    assert np.abs(picture[168:172, 286:290] - grey).max(axis=2).min() < 3


def test_both_axes_have_one_scale() -> None:
    """A square stays a square in a picture that is wider than high."""
    spots = near(drawn([(0, 0), (1, 0), (0, 1), (1, 1)], [True] * 4), PALETTES["light"].active)
    (left, top), (_, bottom), (right, _), _ = spots
    assert abs((right - left) - (bottom - top)) <= 1
    assert abs((right + left) - WIDTH) <= 2


def test_active_points_lie_over_the_others() -> None:
    points = [(0.0, 0.0), (1.0, 1.0), (0.5, 0.5), (0.5, 0.5), (0.5, 0.5)]
    picture = drawn(points, [False, False, True, False, False])
    assert np.abs(picture[100, 150] - PALETTES["light"].active).max() < 12


def test_a_sample_without_a_vector_is_left_out() -> None:
    nothing = float("nan")
    with_it = drawn([(0, 0), (1, 1), (nothing, 0), (0, nothing), (float("inf"), 0)], [True] * 5)
    assert (with_it == drawn([(0, 0), (1, 1)], [True] * 2)).all()


@pytest.mark.parametrize("points", [[], [(float("nan"), 1)], [(7, 7)], [(7, 7), (7, 7)], [(0, 3), (0, 5)]])
def test_few_points_are_no_trouble(points: list[tuple[float, float]]) -> None:
    picture = drawn(points, [True] * len(points))
    painted = bool((picture != PALETTES["light"].paper).any())
    assert painted == any(x == x for x, _ in points)


def test_a_few_active_points_among_a_crowd_can_be_seen() -> None:
    generator = np.random.default_rng(0)
    crowd = generator.normal(size=(50_000, 2)).astype(np.float32)
    active = np.zeros(len(crowd), np.bool_)
    active[:20] = True
    data = scatter(crowd[:, 0], crowd[:, 1], active, width=WIDTH, height=HEIGHT, theme="light")
    picture = np.asarray(Image.open(io.BytesIO(data))).astype(np.int64)
    assert (np.abs(picture - PALETTES["light"].active).max(axis=2) < 12).sum() > 20
