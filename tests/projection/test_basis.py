"""The half-whitened basis, against a singular value decomposition and at its edges."""

import numpy as np
import pytest

from tamis.model.errors import Invalid
from tamis.projection import Basis, fit_basis


def decaying(n: int, d: int, seed: int = 0, offset: float = 3.0) -> np.ndarray:
    """Vectors whose variances fall from column to column of a hidden rotation."""
    generator = np.random.default_rng(seed)
    rotation = np.linalg.qr(generator.standard_normal((d, d)))[0]
    spread = 0.9 ** np.arange(d)
    return (generator.standard_normal((n, d)) * spread @ rotation + offset).astype(np.float32)


def batches(vectors: np.ndarray, size: int = 64) -> list[np.ndarray]:
    return [vectors[start : start + size] for start in range(0, len(vectors), size)]


def by_decomposition(vectors: np.ndarray, dimensions: int) -> tuple[np.ndarray, np.ndarray]:
    """Half-whitened coordinates and variances, by another road than the covariance matrix."""
    centred = vectors.astype(np.float64) - vectors.astype(np.float64).mean(axis=0)
    _, singular, rows = np.linalg.svd(centred, full_matrices=False)
    rows *= np.sign(np.take_along_axis(rows, np.abs(rows).argmax(axis=1)[:, None], axis=1))
    variances = singular[:dimensions] ** 2 / len(vectors)
    return centred @ rows[:dimensions].T / variances**0.25, variances


@pytest.mark.parametrize(("n", "d", "dimensions"), [(500, 40, 32), (500, 40, 2), (30, 200, 16)])
def test_it_equals_the_singular_value_decomposition(n: int, d: int, dimensions: int) -> None:
    vectors = decaying(n, d)
    expected, variances = by_decomposition(vectors, dimensions)
    basis = fit_basis(batches(vectors), dimensions)
    found = basis.apply(vectors)
    assert (found.dtype, found.shape) == (np.float32, (n, dimensions))
    np.testing.assert_allclose(found, expected, atol=2e-4)
    np.testing.assert_allclose(found.astype(np.float64).var(axis=0), variances**0.5, rtol=1e-4)
    np.testing.assert_allclose(basis.components @ basis.components.T, np.eye(dimensions), atol=1e-10)


def test_it_equals_the_pca_of_sklearn() -> None:
    from sklearn.decomposition import PCA

    vectors = decaying(300, 20).astype(np.float64)
    theirs = PCA(n_components=8, svd_solver="full").fit(vectors)
    ours = fit_basis([vectors.astype(np.float32)], 8)
    np.testing.assert_allclose(np.abs(ours.components @ theirs.components_.T), np.eye(8), atol=1e-5)


def test_how_the_vectors_are_cut_into_batches_hardly_matters() -> None:
    vectors = decaying(300, 24)
    whole = fit_basis([vectors], 8).apply(vectors)
    for cut in (
        batches(vectors, 1),
        batches(vectors, 77),
        [vectors[:0], vectors[:299], vectors[:0], vectors[299:]],
    ):
        np.testing.assert_allclose(fit_basis(iter(cut), 8).apply(vectors), whole, atol=1e-5)


def test_the_same_batches_give_the_same_bits_and_the_largest_entry_is_positive() -> None:
    vectors = decaying(200, 16)
    first, again = fit_basis(batches(vectors), 16), fit_basis(batches(vectors), 16)
    assert first.apply(vectors).tobytes() == again.apply(vectors).tobytes()
    largest = np.abs(first.components).argmax(axis=1)
    assert (first.components[np.arange(16), largest] > 0).all()
    turned = fit_basis(batches(-vectors), 16)
    np.testing.assert_allclose(turned.components, first.components, atol=1e-6)


def test_a_large_offset_does_not_cancel_the_differences() -> None:
    generator = np.random.default_rng(0)
    vectors = (1000 + generator.standard_normal((400, 6)) * [8, 4, 2, 1, 0.5, 0.25]).astype(np.float32)
    expected, _ = by_decomposition(vectors, 6)
    np.testing.assert_allclose(fit_basis(batches(vectors, 50), 6).apply(vectors), expected, atol=1e-3)


@pytest.mark.parametrize("value", [0.0, 0.1, 1e6, -3.3])
@pytest.mark.parametrize("n", [1, 2, 100])
def test_vectors_that_do_not_differ_become_zeros(n: int, value: float) -> None:
    vectors = np.full((n, 5), value, np.float32)
    basis = fit_basis(batches(vectors, 3), 4)
    assert (basis.scale == 0).all()
    assert (basis.apply(vectors) == 0).all()


def test_missing_directions_are_columns_of_zeros() -> None:
    few = decaying(4, 10)  # four vectors differ in three directions
    found = fit_basis([few], 6).apply(few)
    assert (found[:, :3].std(axis=0) > 0.01).all()
    assert (found[:, 3:] == 0).all()
    narrow = decaying(50, 3)
    assert (fit_basis([narrow], 32).apply(narrow)[:, 3:] == 0).all()


def test_a_stored_basis_maps_to_the_same_bits_and_cannot_be_changed() -> None:
    vectors = decaying(100, 12)
    basis = fit_basis([vectors], 4)
    restored = Basis.from_arrays({name: array.copy() for name, array in basis.to_arrays().items()})
    assert restored.dimensions == 4
    assert restored.apply(vectors).tobytes() == basis.apply(vectors).tobytes()
    with pytest.raises(ValueError, match="read-only"):
        basis.mean[0] = 1


def test_a_basis_that_does_not_fit_together_is_refused() -> None:
    arrays = fit_basis([decaying(20, 5)], 3).to_arrays()
    with pytest.raises(Invalid, match="lacks scale"):
        Basis.from_arrays({"mean": arrays["mean"], "components": arrays["components"]})
    with pytest.raises(Invalid, match="does not fit"):
        Basis.from_arrays(arrays | {"mean": np.zeros(4)})
    with pytest.raises(Invalid, match="finite"):
        Basis.from_arrays(arrays | {"mean": np.full(5, np.nan)})


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_row_that_is_not_finite_is_named_by_its_position(value: float) -> None:
    vectors = decaying(100, 5)
    vectors[70, 3] = value
    with pytest.raises(Invalid, match="position 70 "):
        fit_basis(batches(vectors, 64))
    with pytest.raises(Invalid, match="position 70 "):
        fit_basis([decaying(100, 5)]).apply(vectors)


def test_other_bad_input_is_refused() -> None:
    with pytest.raises(Invalid, match="no vectors"):
        fit_basis([])
    with pytest.raises(Invalid, match="no vectors"):
        fit_basis([np.zeros((0, 5), np.float32)])
    with pytest.raises(Invalid, match="not 0"):
        fit_basis([decaying(9, 5)], 0)
    with pytest.raises(Invalid, match="of 5 numbers are needed, not of 6"):
        fit_basis([decaying(9, 5), decaying(9, 6)])
    with pytest.raises(Invalid, match="of 5 numbers are needed, not of 6"):
        fit_basis([decaying(9, 5)]).apply(decaying(9, 6))
    with pytest.raises(Invalid, match="float64"):
        fit_basis([np.zeros((3, 3))])
