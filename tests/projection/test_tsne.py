"""What t-SNE is for: neighbours in many dimensions stay neighbours in the plane."""

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.manifold import trustworthiness

from tamis.projection import fit_basis, neighbors, open_method
from tamis.projection.methods import tsne


@pytest.fixture(scope="module")
def digits() -> tuple[np.ndarray, np.ndarray]:
    images, labels = load_digits(return_X_y=True)
    vectors = images[:800].astype(np.float32)
    return fit_basis([vectors]).apply(vectors), labels[:800]


def test_handwritten_digits_keep_their_neighbours(digits: tuple[np.ndarray, np.ndarray]) -> None:
    vectors, labels = digits
    points = open_method("tsne").project(vectors[:600], seed=0)
    assert trustworthiness(vectors[:600], points, n_neighbors=15) > 0.96
    near, _ = neighbors.nearest(points, points, 1, own=np.arange(600))
    assert (labels[near[:, 0]] == labels[:600]).mean() > 0.93
    placed = open_method("tsne").extend(vectors[:600], points, vectors[600:], seed=0)
    near, _ = neighbors.nearest(placed, points, 1)
    assert (labels[near[:, 0]] == labels[600:]).mean() > 0.9


def test_the_large_scale_path_also_keeps_neighbours_and_repeats(
    monkeypatch: pytest.MonkeyPatch, digits: tuple[np.ndarray, np.ndarray]
) -> None:
    vectors, labels = digits
    monkeypatch.setattr(neighbors, "EXACT_LIMIT", 100)
    monkeypatch.setattr(tsne, "FFT_FROM", 100)
    points = open_method("tsne").project(vectors, seed=0)
    assert points.tobytes() == open_method("tsne").project(vectors, seed=0).tobytes()
    near, _ = neighbors.nearest(points, points, 1, own=np.arange(800))
    assert (labels[near[:, 0]] == labels).mean() > 0.93


def test_another_seed_gives_another_picture(digits: tuple[np.ndarray, np.ndarray]) -> None:
    vectors, _ = digits
    one, other = (open_method("tsne").project(vectors[:100], seed=seed) for seed in (0, 1))
    assert one.tobytes() != other.tobytes()
