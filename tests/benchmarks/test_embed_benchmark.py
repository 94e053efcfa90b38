"""The benchmark of `tamis embed` runs from end to end on a few photos, and says what it found."""

from pathlib import Path

import pytest

from benchmarks import embed
from tests.cli.conftest import make_photos


def test_parts_and_whole_are_measured_and_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embed, "_ROUNDS", 1)
    monkeypatch.setattr(embed, "_ENCODER", "pixels")
    report = embed.measure(make_photos(tmp_path / "photos", 3), tmp_path)
    speeds = report["images_per_second"]
    assert isinstance(speeds, dict)
    assert report["images"] == 3
    assert report["possible"] == pytest.approx(1 / (1 / speeds["decode"] + 1 / speeds["network"]))
    assert report["share"] == pytest.approx(speeds["whole"] / report["possible"])
    told = embed.describe(report)
    assert "3 JPEGs" in told
    assert "target 85%" in told
