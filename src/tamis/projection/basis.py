"""The half-whitened PCA basis: 1280 numbers in, 32 out, for every sample of a dataset the same way.

Half-whitened: component i is divided by the fourth root of its variance, half the exponent of full whitening.
Directions that matter less then still matter less, but are not drowned.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from tamis.model.errors import Invalid
from tamis.projection.base import Vectors, check_vectors

Float64s = NDArray[np.float64]

RELATIVE_FLOOR = 1e-10
"""A component with less than this part of the largest variance is noise."""
ROUNDING = float(np.finfo(np.float32).eps) ** 2
"""What float32 itself blurs: less variance than this part of the largest square says nothing."""


@dataclass(frozen=True, eq=False)
class Basis:
    """A frozen map; vectors that come later are mapped by it too. Float64, so that batches hardly differ.

    mean (d,), components (dimensions, d) with orthonormal rows, scale (dimensions,). Where the data fills
    fewer directions than asked for, the rest of the components and scales are zero, and so are their columns.
    """

    mean: Float64s
    components: Float64s
    scale: Float64s

    def __post_init__(self) -> None:
        if self.components.shape != (*self.scale.shape, *self.mean.shape) or self.components.ndim != 2:
            raise Invalid(
                f"A basis of mean {self.mean.shape}, components {self.components.shape} and scale "
                f"{self.scale.shape} does not fit together."
            )
        for array in (self.mean, self.components, self.scale):
            if not np.isfinite(array).all():
                raise Invalid("A basis holds finite numbers only.")
            array.setflags(write=False)

    @property
    def dimensions(self) -> int:
        """How many columns come out."""
        return len(self.scale)

    def apply(self, vectors: Vectors) -> Vectors:
        """Map vectors (n, d) to (n, dimensions)."""
        check_vectors(vectors, columns=len(self.mean))
        return ((vectors - self.mean) @ self.components.T * self.scale).astype(np.float32)

    def to_arrays(self) -> dict[str, Float64s]:
        """Return what has to be stored, by name."""
        return {"mean": self.mean, "components": self.components, "scale": self.scale}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """Restore a stored basis; the result maps to the same bits."""
        missing = {"mean", "components", "scale"} - arrays.keys()
        if missing:
            raise Invalid(f"A stored basis lacks {', '.join(sorted(missing))}.")
        mean, components, scale = (
            np.array(arrays[name], np.float64) for name in ("mean", "components", "scale")
        )
        return cls(mean, components, scale)


def fit_basis(batches: Iterable[Vectors], dimensions: int = 32) -> Basis:
    """Fit the basis in one pass over batches (m, d), holding one (d, d) matrix and one batch.

    There may be fewer vectors than dimensions, or fewer columns: the missing components are zero.
    """
    if dimensions < 1:
        raise Invalid(f"A basis needs at least 1 dimension, not {dimensions}.", field="dimensions")
    import scipy.linalg

    moments = _Moments()
    for batch in batches:
        moments.add(batch)
    mean, covariance, largest = moments.result()
    count = min(dimensions, len(mean))
    largest_only = len(mean) - count, len(mean) - 1
    variances, directions = scipy.linalg.eigh(covariance, subset_by_index=largest_only)
    variances, directions = variances[::-1], directions.T[::-1]
    kept = variances > max(RELATIVE_FLOOR * variances[0], ROUNDING * largest**2)
    components = np.zeros((dimensions, len(mean)))
    scale = np.zeros(dimensions)
    components[:count][kept] = _fixed_sign(directions[kept])
    scale[:count][kept] = variances[kept] ** -0.25
    return Basis(mean, components, scale)


class _Moments:
    """Count, sum and sum of products, about the mean of the first batch, so that nothing cancels."""

    def __init__(self) -> None:
        self.count = 0
        self.largest = 0.0
        self.shift = np.zeros(0)
        self.sum = np.zeros(0)
        self.products = np.zeros((0, 0))

    def add(self, batch: Vectors) -> None:
        check_vectors(batch, columns=len(self.shift) if self.count else None, first=self.count)
        if not len(batch):
            return
        if not self.count:
            self.shift = batch.mean(axis=0, dtype=np.float64)
            self.sum = np.zeros_like(self.shift)
            self.products = np.zeros((len(self.shift), len(self.shift)))
        shifted = batch - self.shift
        self.sum += shifted.sum(axis=0)
        self.products += shifted.T @ shifted
        self.count += len(batch)
        self.largest = max(self.largest, float(np.abs(batch).max(initial=0.0)))

    def result(self) -> tuple[Float64s, Float64s, float]:
        """Return mean, covariance (over n, not n - 1) and the largest absolute number."""
        if not self.count:
            raise Invalid("There are no vectors to fit a basis to.", field="vectors")
        offset = self.sum / self.count
        return self.shift + offset, self.products / self.count - np.outer(offset, offset), self.largest


def _fixed_sign(components: Float64s) -> Float64s:
    """Turn each component so that its largest entry is positive; of entries all but equal, the first."""
    sizes = np.abs(components)
    nearly_largest = sizes >= (1 - 1e-9) * sizes.max(axis=1, keepdims=True)
    pivots = np.take_along_axis(components, nearly_largest.argmax(axis=1)[:, None], axis=1)
    return components * np.where(pivots < 0, -1.0, 1.0)
