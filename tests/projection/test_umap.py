"""What UMAP is for: clusters stay clusters; and its library can be watched and stopped while it works."""

import numpy as np
import pytest
from sklearn.datasets import load_digits

from tamis.model.job import JobCancelled
from tamis.projection import fit_basis, neighbors, open_method

pytestmark = pytest.mark.xdist_group("umap")  # compiled once, by one worker


@pytest.fixture(scope="module")
def digits() -> tuple[np.ndarray, np.ndarray]:
    images, labels = load_digits(return_X_y=True)
    vectors = images[:600].astype(np.float32)
    return fit_basis([vectors]).apply(vectors), labels[:600]


def test_handwritten_digits_keep_their_class_and_new_ones_join_it(
    digits: tuple[np.ndarray, np.ndarray],
) -> None:
    vectors, labels = digits
    method = open_method("umap")
    points = method.project(vectors[:500], seed=0)
    near, _ = neighbors.nearest(points, points, 1, own=np.arange(500))
    assert (labels[near[:, 0]] == labels[:500]).mean() > 0.9
    placed = method.extend(vectors[:500], points, vectors[500:], seed=0)
    near, _ = neighbors.nearest(placed, points, 1)
    assert (labels[near[:, 0]] == labels[500:]).mean() > 0.75
    assert points.tobytes() != method.project(vectors[:500], seed=1).tobytes()


def test_it_stops_in_the_middle_of_its_layout(digits: tuple[np.ndarray, np.ndarray]) -> None:
    seen: list[int] = []
    with pytest.raises(JobCancelled):
        open_method("umap").project(
            digits[0][:200],
            seed=0,
            progress=lambda done, _: seen.append(done),
            cancelled=lambda: bool(seen) and seen[-1] >= 50,
        )
    assert 50 <= seen[-1] < 60
    assert len({done for done in seen if done > 20}) > 10
