"""What every projection method promises, run over the registry."""

import subprocess
import sys

import numpy as np
import pytest

from tamis.model.errors import Invalid
from tamis.model.job import JobCancelled
from tamis.projection import Method, method_names, open_method

pytestmark = pytest.mark.xdist_group("umap")  # compiled once, by one worker


@pytest.fixture(params=method_names())
def method(request: pytest.FixtureRequest) -> Method:
    return open_method(request.param)


def clusters(n: int, d: int = 8, groups: int = 4, seed: int = 0) -> np.ndarray:
    """Vector i belongs to group i % groups; groups are 10 standard deviations apart."""
    generator = np.random.default_rng(seed)
    centres = 10 * np.eye(d)[:groups]
    return (centres[np.arange(n) % groups] + 0.3 * generator.standard_normal((n, d))).astype(np.float32)


def test_the_registry_has_all_methods() -> None:
    assert method_names() == ["pca", "tsne", "umap"]


@pytest.mark.parametrize("n", [0, 1, 2, 3, 4, 7, 8, 9, 20, 91, 200])
@pytest.mark.parametrize("d", [1, 2, 8])
def test_any_number_of_vectors_gets_finite_points(method: Method, n: int, d: int) -> None:
    vectors = np.random.default_rng(n).standard_normal((n, d)).astype(np.float32)
    points = method.project(vectors, seed=0)
    assert points.dtype == np.float32
    assert points.shape == (n, 2)
    assert np.isfinite(points).all()
    assert len(np.unique(points, axis=0)) == n
    assert np.abs(points.mean(axis=0) if n else points).max(initial=0) < 1e-3


@pytest.mark.parametrize("n", [2, 9, 200])
def test_equal_vectors_share_a_point(method: Method, n: int) -> None:
    assert (method.project(np.full((n, 5), 0.1, np.float32), seed=0) == 0).all()
    mixed = np.concatenate([np.zeros((n, 5), np.float32), clusters(30, 5)])
    points = method.project(mixed, seed=0)
    np.testing.assert_allclose(points[:n], np.broadcast_to(points[0], (n, 2)), rtol=1e-6)


@pytest.mark.parametrize("factor", [1e-30, 1e-6, 1e6, 1e30])
def test_scale_and_offset_do_not_matter(method: Method, factor: float) -> None:
    vectors = (clusters(60) * np.float32(factor)).astype(np.float32)
    points = method.project(vectors, seed=0).astype(np.float64)
    assert np.isfinite(points).all()
    assert cluster_purity(points, 4) == 1
    assert cluster_purity(method.project(clusters(60) + np.float32(1000), seed=0), 4) == 1


def cluster_purity(points: np.ndarray, groups: int) -> float:
    """The part of points whose nearest other point is of their group."""
    points = points.astype(np.float64) / (np.abs(points).max() or 1)
    distances = np.linalg.norm(points[:, None] - points, axis=2) + np.diag(np.full(len(points), np.inf))
    return float((distances.argmin(axis=1) % groups == np.arange(len(points)) % groups).mean())


def test_same_vectors_and_seed_give_the_same_bits_with_any_number_of_threads(method: Method) -> None:
    vectors = clusters(300)
    first = method.project(vectors, seed=3)
    assert first.tobytes() == method.project(vectors, seed=3).tobytes()
    assert first.tobytes() == method.project(vectors, seed=3, threads=2).tobytes()


def test_no_input_is_changed(method: Method) -> None:
    old, new = clusters(50), clusters(10, seed=1)
    old.setflags(write=False)
    new.setflags(write=False)
    points = method.project(old, seed=0)
    points.setflags(write=False)
    method.extend(old, points, new, seed=0)


def test_new_vectors_land_in_their_group(method: Method) -> None:
    old, new = clusters(120), clusters(40, seed=1)
    points = method.project(old, seed=0)
    placed = method.extend(old, points, new, seed=0)
    assert placed.dtype == np.float32
    assert placed.shape == (40, 2)
    distances = np.linalg.norm(placed[:, None] - points, axis=2)
    assert (distances.argmin(axis=1) % 4 == np.arange(40) % 4).all()


def test_a_vector_that_is_there_already_lands_on_its_point(method: Method) -> None:
    old = clusters(120)
    points = method.project(old, seed=0)
    np.testing.assert_allclose(method.extend(old, points, old[5:9], seed=0), points[5:9], atol=1e-4)


def test_where_a_new_vector_lands_does_not_depend_on_other_new_ones(method: Method) -> None:
    old, new = clusters(60), clusters(10, seed=1)
    points = method.project(old, seed=0)
    together = method.extend(old, points, new, seed=0)
    np.testing.assert_allclose(
        method.extend(old, points, new[4:5], seed=0), together[4:5], rtol=1e-4, atol=1e-5
    )


@pytest.mark.parametrize("n_old", [0, 1, 2, 3, 30])
@pytest.mark.parametrize("n_new", [0, 1, 30])
def test_few_old_and_few_new_are_no_trouble(method: Method, n_old: int, n_new: int) -> None:
    old, new = clusters(n_old), clusters(n_new, seed=1)
    points = method.project(old, seed=0)
    placed = method.extend(old, points, new, seed=0)
    assert placed.shape == (n_new, 2)
    assert np.isfinite(placed).all()
    if n_old == 0:
        assert placed.tobytes() == method.project(new, seed=0).tobytes()


def test_progress_never_falls_and_ends_at_the_total(method: Method) -> None:
    seen: list[tuple[int, int]] = []
    method.project(clusters(100), seed=0, progress=lambda done, total: seen.append((done, total)))
    assert seen[0][0] == 0
    assert seen[-1][0] == seen[-1][1]
    assert seen == sorted(seen)
    assert {total for _, total in seen} == {100}


@pytest.mark.parametrize("after", [0, 1])
def test_a_cancelled_projection_stops(method: Method, after: int) -> None:
    calls: list[int] = []

    def cancelled() -> bool:
        calls.append(0)
        return len(calls) > after

    with pytest.raises(JobCancelled):
        method.project(clusters(100), seed=0, cancelled=cancelled)
    assert len(calls) == after + 1
    with pytest.raises(JobCancelled):
        method.extend(clusters(9), clusters(9)[:, :2], clusters(5), seed=0, cancelled=lambda: True)


def test_bad_input_is_refused_by_name(method: Method) -> None:
    good = clusters(9)
    bad = good.copy()
    bad[4, 2] = np.nan
    for vectors, message in [
        (bad, "position 4 is not finite"),
        (good.astype(np.float64), "float64"),
        (good[0], r"\(8,\)"),
        (good[:, :0], r"\(9, 0\)"),
    ]:
        with pytest.raises(Invalid, match=message):
            method.project(vectors, seed=0)
    with pytest.raises(Invalid, match="seed"):
        method.project(good, seed=-1)
    with pytest.raises(Invalid, match="thread"):
        method.project(good, seed=0, threads=0)
    with pytest.raises(Invalid, match="of 8 numbers are needed, not of 5") as refusal:
        method.extend(good, good[:, :2], good[:, :5].copy(), seed=0)
    assert refusal.value.field == "vectors_new"
    with pytest.raises(Invalid, match=r"not \(8, 2\)"):
        method.extend(good, good[:8, :2], good, seed=0)


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(
        Invalid, match=r"no projection method 't-sne'; did you mean 'tsne'.*There are: pca, tsne"
    ):
        open_method("t-sne")


def test_names_load_no_heavy_library() -> None:
    program = (
        "import sys; from tamis.projection import method_names; method_names(); "
        "print(sorted({'openTSNE', 'umap', 'sklearn', 'scipy', 'numba', 'torch'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
