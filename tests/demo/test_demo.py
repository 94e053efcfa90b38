"""`make demo IMAGES=dir ONCE=1`, on a small folder: its files exist, and a second run says the same."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import httpx
import pytest

from tests.folders import write_photos

ROOT = Path(__file__).resolve().parents[2]


COMMAND = [sys.executable, "-m", "demo", "--images", "photos"]


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT)}


def demo(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*COMMAND, "--once", *arguments],
        cwd=folder, env=environment(), capture_output=True, text=True, check=False,
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
def test_the_demo_ends_with_the_platform_open(tmp_path: Path) -> None:
    write_photos(tmp_path / "photos", 20)
    quiet = {
        name: value for name, value in environment().items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")
    }
    with subprocess.Popen(
        [*COMMAND, "--keep", "5"], cwd=tmp_path, env=quiet, text=True, start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as ran:  # fmt: skip
        assert ran.stdout is not None
        (link,) = [line.strip() for line in until(ran.stdout, "/login?once=")]
        with httpx.Client(base_url=link.partition("/login")[0], trust_env=False) as browser:
            assert browser.get(link).status_code == 303
            (dataset,) = browser.get("/api/datasets").json()["items"]
            assert (dataset["name"], dataset["n_samples"]) == ("photos", 20)
        os.killpg(ran.pid, signal.SIGINT)  # to the whole group, as a terminal does
        _, err = ran.communicate(timeout=60)
    assert ran.returncode == 0
    assert "Traceback" not in err and err.endswith("Ended.\n")


def until(lines: Iterable[str], words: str) -> Iterator[str]:
    for line in lines:
        if words in line:
            yield line
            return


@pytest.mark.slow
def test_a_mistake_is_one_sentence_and_an_exit_code(tmp_path: Path) -> None:
    wrong = demo(tmp_path)
    assert wrong.returncode == 2
    assert "Traceback" not in wrong.stderr
    assert "photos" in wrong.stderr
