"""`make demo IMAGES=dir ONCE=1`, on a small folder: its files exist, and a second run says the same."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.folders import write_photos

ROOT = Path(__file__).resolve().parents[2]


def demo(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "demo", "--images", "photos", "--once", *arguments],
        cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.slow
def test_the_demo_ends_with_files_that_exist(tmp_path: Path) -> None:
    write_photos(tmp_path / "photos", 40)
    (tmp_path / "photos/not an image.jpg").write_text("hello")
    first = demo(tmp_path, "--keep", "10")
    assert first.returncode == 0, first.stdout + first.stderr
    chosen = (tmp_path / ".demo/chosen.txt").read_text().splitlines()
    assert len(chosen) == len(set(chosen)) == 10
    assert all((tmp_path / "photos" / name).is_file() for name in chosen)
    assert "not an image.jpg" in first.stdout
    for name in ("index.html", "contact-sheet.png", "embedding.png"):
        assert (tmp_path / ".demo" / name).stat().st_size > 1000
        assert f".demo/{name}" in first.stdout
    again = demo(tmp_path, "--keep", "10")
    assert again.returncode == 0, again.stdout + again.stderr
    assert (tmp_path / ".demo/chosen.txt").read_text().splitlines() == chosen


@pytest.mark.slow
def test_a_mistake_is_one_sentence_and_an_exit_code(tmp_path: Path) -> None:
    wrong = demo(tmp_path)
    assert wrong.returncode == 2
    assert "Traceback" not in wrong.stderr
    assert "photos" in wrong.stderr
