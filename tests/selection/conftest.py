"""Real data for the acceptance tests, and one process for all tests of selection."""

from pathlib import Path

import pytest

from benchmarks.labelled import mnist_images


@pytest.hookimpl(tryfirst=True)  # before xdist looks at the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give the tests of this folder to one worker: the loops are compiled once."""
    for item in items:
        if Path(__file__).parent in item.path.parents and item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group("selection"))


@pytest.fixture(scope="session")
def mnist():
    """Return 10,000 digits as (vectors after PCA to 32 dimensions, labels)."""
    return mnist_images()
