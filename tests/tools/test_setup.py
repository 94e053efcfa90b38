"""Set-up does its work once, and says in a sentence what it cannot do."""

import importlib.util
import json
import os
import subprocess
from pathlib import Path

import pytest

from tools import chromium, setup


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place for the environment that is not the one that runs the tests."""
    for name, path in (
        ("VENV", "venv"),
        ("PYTHON", "venv/bin/python"),
        ("STAMP", "stamp.json"),
        ("LOG", "log"),
    ):
        monkeypatch.setattr(setup, name, tmp_path / path)
    return tmp_path


def test_a_part_is_done_while_the_inputs_are_the_same(nowhere: Path) -> None:
    assert setup.done() == []
    setup.PYTHON.parent.mkdir(parents=True)
    setup.PYTHON.touch()
    setup.STAMP.write_text(json.dumps({"fingerprint": setup.fingerprint(), "parts": ["test"]}))
    assert setup.done() == ["test", "demo"]
    setup.STAMP.write_text(json.dumps({"fingerprint": "of another pyproject.toml", "parts": ["test"]}))
    assert setup.done() == []


def test_a_python_without_ensurepip_is_named_with_the_remedy(
    nowhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(setup.SetupError, match="apt-get install python3-venv"):
        setup.make_environment()


def test_a_command_that_fails_leaves_its_last_lines_and_the_log(nowhere: Path) -> None:
    with pytest.raises(setup.SetupError, match=r"(?s)It failed\.\n.*no such package.*log") as caught:
        setup.run(["sh", "-c", "echo no such package; exit 1"], "It failed.")
    assert setup.LOG.read_text() == "no such package\n"
    assert "Traceback" not in str(caught.value)


def test_what_was_fetched_is_counted(nowhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wheel = nowhere / "a-1-py3-none-any.whl"
    wheel.write_bytes(b"x" * 500)
    said = f"  Downloading b (2.5 MB)\nDownloading c (300 kB)\nProcessing {wheel}\nUsing cached d (9 MB)\n"
    monkeypatch.setattr(setup, "run", lambda command, sentence: said)
    assert setup.pip(["anything"]) == 2_500_000 + 300_000 + 500


def test_a_python_that_is_no_python_is_refused_by_name() -> None:
    ran = subprocess.run(
        ["sh", setup.ROOT / "tools/setup.sh", "demo"],
        env={**os.environ, "PYTHON": "false"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 1
    assert ran.stderr.startswith("PYTHON=false is no Python 3.11 or newer.")


def test_a_browser_that_does_not_start_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAMIS_CHROMIUM", str(tmp_path / "no-browser"))
    with pytest.raises(RuntimeError, match="no-browser does not start"):
        chromium.ensure_chromium(tmp_path / "log")
