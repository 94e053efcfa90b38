"""Tests that share something costly stay together, so that it is made once."""

import os

import pytest


@pytest.mark.xdist_group("honesty-groups")
def test_a_worker_knows_the_group_of_a_test(request: pytest.FixtureRequest) -> None:
    """Not so in some pairs of versions of pytest and xdist, and then nothing else would say so."""
    grouped = request.node.nodeid.endswith("@honesty-groups")
    assert grouped == ("PYTEST_XDIST_WORKER" in os.environ)
