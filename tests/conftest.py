"""What every test may use, and what none may: the data folder and the database of whoever runs the tests."""

import gc
import os

import pytest

from tools.chromium import ADVICE, find_chromium

# The fixtures `store`, `make_store` and `databases`, each on both databases.
pytest_plugins = ("tests.databases",)

for name in ("TAMIS_DATA", "TAMIS_DATABASE_URL", "TAMIS_LOCAL_SECRET"):
    os.environ.pop(name, None)


def pytest_collection_finish() -> None:
    """Take what has been loaded out of every later look for garbage: it stays to the end."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser; its absence is a failure, not a reason to skip."""
    found = find_chromium()
    if found is None:
        pytest.fail(ADVICE)
    return found
