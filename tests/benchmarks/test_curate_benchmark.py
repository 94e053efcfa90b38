"""The benchmark of the main job runs, and adds up; what it measures is not judged here."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from benchmarks import curate, images

COUNT = 8


@pytest.fixture(scope="module")
def emoji(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("emoji")
    for number in range(3):
        pixels = np.random.default_rng(number).integers(0, 256, (64, 64, 4), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / f"{number}.png")
    return sorted(folder.iterdir())


@pytest.fixture(scope="module")
def folder(emoji: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    into = tmp_path_factory.mktemp("photos") / "drawn"
    images.draw_all(emoji, COUNT, into)
    return into


def test_photos_are_drawn_the_same_each_time_and_are_as_large_as_photos(
    emoji: list[Path], folder: Path, tmp_path: Path
) -> None:
    images.draw_all(emoji, COUNT, tmp_path / "again")
    images.draw_all(emoji, COUNT, tmp_path / "again")  # as if another process had been faster
    drawn = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert drawn == {path.name: path.read_bytes() for path in (tmp_path / "again").iterdir()}
    assert len(drawn) == len(set(drawn.values())) == COUNT
    for path in folder.iterdir():
        with Image.open(path) as picture:
            assert picture.size == (640, 480)
        assert 40_000 < path.stat().st_size < 130_000


@pytest.mark.slow
def test_a_report_compares_the_whole_with_its_parts(folder: Path, tmp_path: Path) -> None:
    report = curate.measure(folder, tmp_path, rounds=1)
    assert report["images"] == COUNT
    speeds = report["images_per_second"]
    assert isinstance(speeds, dict)
    assert speeds.keys() == {"ingest", "ingest_baseline", "encoder", "encoder_baseline", "end_to_end"}
    assert all(speed > 0 for speed in speeds.values())
    assert report["possible"] == pytest.approx(1 / (1 / speeds["ingest"] + 1 / speeds["encoder"]))
    assert report["share"] == pytest.approx(speeds["end_to_end"] / float(str(report["possible"])))
    cpu = report["cpu_seconds"]
    assert isinstance(cpu, dict) and cpu.keys() >= {"command", "worker"}
    assert int(str(report["peak_bytes"])) > 50_000_000
    text = curate.describe(report)
    assert "target 85%" in text and "target 1.2 GB" in text
