"""UMAP: neighbours stay neighbours, and clusters draw together. McInnes et al. (2018), https://arxiv.org/abs/1802.03426.

By umap-learn, with its defaults: 15 neighbours, a smallest distance of 0.1. The neighbours are our own, which
repeat; the layout starts from the principal plane and is optimised by one thread, which repeats as well.
"""

import threading
import warnings

import numpy as np

from tamis.projection.base import Method, Points, Vectors, Watch
from tamis.projection.methods.pca import principal_plane
from tamis.projection.neighbors import nearest_of_all
from tamis.projection.placing import different_rows, place_among

NEIGHBOURS = 15
A, B = 1.5769434602697652, 0.8950608778515733
"""umap-learn's fit of its curve to a smallest distance of 0.1 and a spread of 1."""
EPOCHS_FEW, EPOCHS_MANY, MANY = 500, 200, 10_000
FEW = 8
"""Fewer different vectors than this are laid out by PCA: they have no neighbourhoods to keep."""
EVERY = 10
_ALONE = threading.Lock()  # numba's simplest thread pool ends the process when two threads use it at once


class Umap(Method):
    """Equal vectors share one point. Deterministic by seed on one machine; one thread does the layout."""

    name = "umap"
    title = "UMAP (neighbourhoods, tight clusters)"

    def _project(self, vectors: Vectors, seed: int, threads: int, watch: Watch) -> Points:
        if not len(vectors):
            return np.zeros((0, 2), np.float32)
        different, which = different_rows(vectors)
        if len(different) < FEW:
            return principal_plane(vectors, watch)
        points = _optimize(different, seed, watch)[which].astype(np.float64)
        centred: Points = (points - points.mean(axis=0)).astype(np.float32)
        return centred

    def _extend(self, vectors_old: Vectors, points_old: Points, vectors_new: Vectors, watch: Watch) -> Points:
        return place_among(vectors_old, points_old, vectors_new, watch)


def _optimize(vectors: Vectors, seed: int, watch: Watch) -> Points:
    n = len(vectors)
    k = min(NEIGHBOURS, n)
    positions, distances = nearest_of_all(vectors, k - 1, seed, lambda part: watch.at(round(20 * part)))
    distances /= distances.mean()  # UMAP does not see scale; its float32 does
    itself = np.arange(n)[:, None]
    with _ALONE:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ImportWarning)  # that its neural variant lacks TensorFlow
            from umap.layouts import optimize_layout_euclidean
            from umap.umap_ import fuzzy_simplicial_set, make_epochs_per_sample
        graph = fuzzy_simplicial_set(
            vectors,
            k,
            np.random.RandomState(0),  # not used: the neighbours are given
            "euclidean",
            knn_indices=np.hstack([itself, positions]),
            knn_dists=np.hstack([np.zeros((n, 1)), distances]).astype(np.float32),
        )[0].tocoo()
        epochs = EPOCHS_FEW if n <= MANY else EPOCHS_MANY
        graph.data[graph.data < graph.data.max() / epochs] = 0  # would not be drawn even once
        graph.eliminate_zeros()
        points = _start(vectors, seed)
        state = np.random.default_rng(seed).integers(-(2**31), 2**31, 3)
        made = optimize_layout_euclidean(
            points, points, graph.row, graph.col, epochs, n, make_epochs_per_sample(graph.data, epochs),
            A, B, state, parallel=False, move_other=True, tqdm_kwds=_watching(watch, epochs),
        )  # fmt: skip
    return np.asarray(made, np.float32)


def _start(vectors: Vectors, seed: int) -> Points:
    """The principal plane, 10 to each side, with a little noise by seed, so that no two points coincide."""
    plane = principal_plane(vectors, Watch(0, None, None)).astype(np.float64)
    plane *= 10 / (np.abs(plane).max() or 1.0)
    return (plane + np.random.default_rng(seed).normal(0, 1e-3, plane.shape)).astype(np.float32)


def _watching(watch: Watch, epochs: int) -> dict[str, object]:
    """Let the library's progress bar write its epoch to us: the one place at which it can be stopped."""
    return {
        "disable": False, "file": _Epochs(watch, epochs), "bar_format": "{n}", "mininterval": 0,
        "miniters": EVERY, "leave": False,
    }  # fmt: skip


class _Epochs:
    """The file of a progress bar; what it writes is a number between control characters."""

    def __init__(self, watch: Watch, epochs: int) -> None:
        self._watch, self._epochs = watch, epochs
        self._last = 0

    def write(self, text: str) -> int:
        number = text.strip("\r\n \x1b[A")
        if number.isdigit() and int(number) > self._last:
            self._last = int(number)
            self._watch.at(20 + 80 * self._last // self._epochs)
        return len(text)

    def flush(self) -> None:
        """There is nothing to flush."""
