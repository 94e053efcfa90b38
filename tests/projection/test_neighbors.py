"""The neighbours that t-SNE is built on, against the full table of distances."""

import numpy as np
import pytest

from tamis.projection import neighbors
from tamis.projection.neighbors import nearest, nearest_of_all


def mixture(n: int, d: int = 8, seed: int = 0) -> np.ndarray:
    generator = np.random.default_rng(seed)
    centres = 3 * generator.standard_normal((20, d))
    return (centres[generator.integers(0, 20, n)] + generator.standard_normal((n, d))).astype(np.float32)


def naive(queries: np.ndarray, vectors: np.ndarray, k: int, skip: bool) -> tuple[np.ndarray, np.ndarray]:
    distances = np.linalg.norm(queries[:, None].astype(np.float64) - vectors, axis=2)
    if skip:
        np.fill_diagonal(distances, np.inf)
    order = np.argsort(distances, axis=1, kind="stable")[:, :k]
    return order, np.take_along_axis(distances, order, axis=1)


@pytest.mark.parametrize("skip", [True, False])
@pytest.mark.parametrize("offset", [0, 1000])
@pytest.mark.parametrize("k", [1, 7, 49])
def test_they_equal_the_full_table(monkeypatch: pytest.MonkeyPatch, k: int, offset: int, skip: bool) -> None:
    monkeypatch.setattr(neighbors, "BLOCK_BYTES", 4 * 50 * 7)  # blocks of 7 rows
    vectors = mixture(50) + np.float32(offset)
    expected = naive(vectors, vectors, k, skip)
    found = nearest(vectors, vectors, k, own=np.arange(50) if skip else None)
    assert (found[0] == expected[0]).all()
    np.testing.assert_allclose(found[1], expected[1], rtol=1e-12)


def test_equal_distances_are_ordered_by_position() -> None:
    vectors = np.array([[1, 0], [0, 1], [-1, 0], [0, -1]], np.float32)
    positions, distances = nearest(np.zeros((1, 2), np.float32), vectors, 4)
    assert positions.tolist() == [[0, 1, 2, 3]]
    assert distances.tolist() == [[1.0, 1.0, 1.0, 1.0]]


def test_in_cells_almost_all_neighbours_are_found_and_none_is_oneself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    vectors = mixture(3000)
    exact = nearest_of_all(vectors, 15, 0, lambda part: None)
    monkeypatch.setattr(neighbors, "EXACT_LIMIT", 100)
    monkeypatch.setattr(neighbors, "PROBES", 16)
    seen: list[float] = []
    positions, distances = nearest_of_all(vectors, 15, 0, seen.append)
    assert seen == sorted(seen)
    found = [len(set(a) & set(b)) for a, b in zip(exact[0], positions, strict=True)]
    assert np.mean(found) > 0.97 * 15
    assert (positions != np.arange(3000)[:, None]).all()
    assert (np.diff(distances, axis=1) >= 0).all()
    assert np.isfinite(distances).all()
    again = nearest_of_all(vectors, 15, 0, lambda part: None)
    assert positions.tobytes() == again[0].tobytes()
    assert distances.tobytes() == again[1].tobytes()


def test_cells_are_widened_until_there_are_enough_candidates(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neighbors, "EXACT_LIMIT", 10)
    monkeypatch.setattr(neighbors, "PROBES", 1)
    vectors = mixture(120)
    positions, distances = nearest_of_all(vectors, 100, 0, lambda part: None)
    assert all(len(set(row)) == 100 for row in positions)
    assert np.isfinite(distances).all()
