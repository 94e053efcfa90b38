"""Real data for the acceptance tests."""

import pytest

from benchmarks.labelled import mnist_images


@pytest.fixture(scope="session")
def mnist():
    """Return 10,000 digits as (vectors after PCA to 32 dimensions, labels)."""
    return mnist_images()
