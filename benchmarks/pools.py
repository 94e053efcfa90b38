"""The pools that selection is measured on."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
BLOCK = 1_000_000


def clustered(n: int, d: int) -> Floats:
    """Return 200 clusters, the largest 200 times the smallest, each wide in a few directions."""
    generator = np.random.default_rng(0)
    shares = 1 / np.arange(1, 201)
    centres = generator.normal(size=(200, d)) * 3
    rows = np.empty((n, d), np.float32)
    for start in range(0, n, BLOCK):
        size = min(BLOCK, n - start)
        spread = generator.normal(size=(size, d)) * np.arange(1, d + 1) ** -0.5
        rows[start : start + size] = centres[generator.choice(200, size, p=shares / shares.sum())] + spread
    return rows


def isotropic(n: int, d: int) -> Floats:
    """Return one cloud without any structure, where nothing can be pruned."""
    return np.random.default_rng(0).standard_normal((n, d), dtype=np.float32)


def mnist(n: int, d: int) -> Floats:
    """Return handwritten digits after PCA: real data without separate clusters."""
    from benchmarks.labelled import mnist_images

    vectors, _ = mnist_images()
    if vectors.shape != (n, d):
        raise ValueError(f"There are {vectors.shape} digits, not {(n, d)}.")
    return vectors
