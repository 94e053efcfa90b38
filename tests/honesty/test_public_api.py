"""What other people's code may import. A change here is a change that users see: say so in the changelog."""

import importlib

import pytest

PUBLIC = {
    "tamis": ["Client", "__version__"],
    "tamis.selection": [
        "ClassCoverage",
        "Coverage",
        "RankRequest",
        "Ranking",
        "Strategy",
        "class_coverage",
        "coverage",
        "linear_probe_accuracy",
        "nearest_neighbour_accuracy",
        "parse_strategy",
        "random_coverage",
        "rank",
        "share_within",
        "smallest_distances",
        "strategies",
    ],
    "tamis.client": ["Client"],
}


@pytest.mark.parametrize("name", PUBLIC)
def test_public_names_are_as_they_were(name: str) -> None:
    module = importlib.import_module(name)
    assert sorted(module.__all__) == sorted(PUBLIC[name])
    assert [public for public in module.__all__ if not hasattr(module, public)] == []
