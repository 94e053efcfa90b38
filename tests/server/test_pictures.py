"""The plot as a picture over the wire: which samples are in colour, and what is refused."""

import io

import httpx
import numpy as np
import pytest
from fastapi import FastAPI
from numpy.typing import NDArray
from PIL import Image

from tamis.client import Client
from tamis.images.scatter import PALETTES
from tamis.model.projection import ProjectionCreate
from tamis.selection import Ranking, strategies
from tamis.services import ingest, projections, samples, selections, tags
from tamis.services.selections import SelectionCreate
from tamis.store.store import Store
from tests import made
from tests.server.conftest import SECRET, InProcess

PLACES = np.array([[0, 0], [1, 0], [2, 0], [3, 0]], np.float32)


class Plot:
    """Four samples in a row, a tag of the first three, and a selection of it that is best first 2, 0, 1."""

    def __init__(self, store: Store, client: Client) -> None:
        self.store, self.client = store, client
        self.dataset_id = made.dataset_of(store, "a", "b", "c", "d")
        initial = tags.close_upload(store, self.dataset_id)
        self.tag_id = client.tag_files(self.dataset_id, "three", initial.id, ["a", "b", "c"]).id
        embedding_id = made.embedded(store, self.dataset_id, 0, 1, 2, 3)
        wanted = ProjectionCreate(embedding_id=embedding_id, method="pca")
        everyone = np.arange(4, dtype=np.uint32)
        self.id = projections.put(store, self.dataset_id, wanted, everyone, PLACES).id
        last = client.tag_files(self.dataset_id, "last", initial.id, ["d"])
        asked = SelectionCreate(
            tag_id=self.tag_id, embedding_id=embedding_id, strategy=strategies["random"](), n_samples=2,
            preselected_tag_id=last.id,
        )  # fmt: skip
        pool, _ = selections.pool(store, self.dataset_id, asked)
        ranking = Ranking(
            order=np.array([2, 0, 1]), importance=np.zeros(3, np.float32), greedy_until=2,
            strategy={}, seed=0, n_samples=2, preselected=np.array([3]),
        )  # fmt: skip
        self.selection_id = selections.keep(store, self.dataset_id, asked, pool, ranking, [], []).id

    def active(self, **view: str | int) -> list[bool | None]:
        """Return which of the four are in colour; None where nothing is drawn."""
        data = self.client.picture(self.dataset_id, self.id, width=400, height=100, **view)
        picture = np.asarray(Image.open(io.BytesIO(data))).astype(np.int64)
        return [self._is_active(picture[48:52, column - 2 : column + 3]) for column in (16, 138, 261, 384)]

    def _is_active(self, spot: NDArray[np.int64]) -> bool | None:
        palette = PALETTES["light"]
        if (spot == palette.paper).all():
            return None
        return bool((np.abs(spot - palette.active).max(axis=2) < 12).any())


@pytest.fixture
def plot(store: Store, app: FastAPI) -> Plot:
    return Plot(store, Client(token=SECRET, transport=InProcess(app)))


def test_active_samples_are_in_colour(plot: Plot) -> None:
    assert plot.active() == [True, True, True, True]
    assert plot.active(tag_id=plot.tag_id) == [True, True, True, False]
    assert plot.active(selection_id=plot.selection_id) == [True, False, True, True]
    assert plot.active(selection_id=plot.selection_id, keep=0) == [False, False, False, True]
    assert plot.active(selection_id=plot.selection_id, keep=1, tag_id=plot.tag_id) == [
        False,
        False,
        True,
        False,
    ]
    assert plot.active(selection_id=plot.selection_id, keep=10**6) == [True, True, True, True]


def test_deleted_samples_are_not_drawn(plot: Plot) -> None:
    samples.delete(plot.store, plot.dataset_id, np.array([1]))
    assert plot.active() == [True, None, True, True]


def test_samples_that_came_later_are_not_drawn(plot: Plot) -> None:
    ingest.commit(plot.store, plot.dataset_id, made.JOB, [made.taken(b"e")], {})
    assert plot.active() == [True, True, True, True]


def test_the_answer_is_a_picture_in_the_colours_of_the_theme(plot: Plot, http: httpx.Client) -> None:
    path = f"/api/datasets/{plot.dataset_id}/projections/{plot.id}/picture"
    response = http.get(path, params={"theme": "dark"})
    assert response.headers["content-type"] == "image/png"
    assert response.headers["cache-control"] == "private, max-age=60"
    picture = Image.open(io.BytesIO(response.content))
    assert (picture.size, picture.getpixel((0, 0))) == ((960, 640), PALETTES["dark"].paper)


@pytest.mark.parametrize(
    ("view", "status"),
    [
        ({"width": "63"}, 422),
        ({"width": "2049"}, 422),
        ({"height": "1e9"}, 422),
        ({"theme": "pink"}, 422),
        ({"keep": "-1"}, 422),
        ({"keep": "1"}, 422),  # of which selection?
        ({"colour": "red"}, 422),
        ({"tag_id": "x"}, 422),
        ({"tag_id": made.JOB}, 404),
        ({"selection_id": made.JOB}, 404),
    ],
)
def test_a_view_that_is_none_is_refused(
    plot: Plot, http: httpx.Client, view: dict[str, str], status: int
) -> None:
    path = f"/api/datasets/{plot.dataset_id}/projections/{plot.id}/picture"
    assert http.get(path, params=view).status_code == status
    assert http.get(path.replace(plot.id, made.JOB)).status_code == 404
