"""The worker process is started again when it dies, ends with its parent, and is not trusted to."""

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tamis.cli import worker
from tamis.cli.worker import Worker

PATIENT = "import sys; print('ready', flush=True); sys.stdin.read()"
STUBBORN = (
    "import signal, time; signal.signal(15, signal.SIG_IGN); print('ready', flush=True); time.sleep(99)"
)
DEAF = """
import signal, sys
print(signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, ()), file=sys.stderr)
sys.stdin.read()
"""


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_it_ends_when_its_lifeline_is_cut(tmp_path: Path) -> None:
    made = Worker(python(PATIENT), tmp_path / "log")
    pid = made.pid
    made.stop()
    assert not is_alive(pid)


def test_it_is_started_again_when_it_dies(tmp_path: Path) -> None:
    made = Worker(python(PATIENT), tmp_path / "log")
    first = made.pid
    os.kill(first, signal.SIGKILL)
    until(lambda: made.pid != first)
    assert made.is_working() and is_alive(made.pid)
    made.stop()
    assert not is_alive(made.pid)


def test_it_is_given_up_when_it_keeps_dying_and_the_log_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "_PAUSE_SECONDS", 0.0)
    made = Worker(python("raise SystemExit('no database')"), tmp_path / "log")
    until(lambda: not made.is_working())
    made.stop()
    assert (tmp_path / "log").read_text().splitlines() == ["no database"] * 5


def test_one_that_does_not_let_go_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "_PATIENCE_SECONDS", 0.5)
    made = Worker(python(STUBBORN), tmp_path / "log")
    made.stop()
    assert not is_alive(made.pid)


def test_it_does_not_import_from_the_folder_of_the_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "argparse.py").write_text("raise SystemExit('imported from the folder of the user')")
    monkeypatch.chdir(tmp_path)
    made = Worker.for_folder(tmp_path / "data", tmp_path / "log")
    until((tmp_path / "data/run/worker.lock").exists)
    made.stop()
    assert "imported from" not in (tmp_path / "log").read_text()


def test_it_never_hears_ctrl_c(tmp_path: Path) -> None:
    made = Worker(python(DEAF), tmp_path / "log")
    until(lambda: (tmp_path / "log").stat().st_size > 0)
    made.stop()
    assert (tmp_path / "log").read_text() == "True\n"
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())
