"""What the user reads when something goes wrong in a way that nobody foresaw."""

from pathlib import Path

import pytest

from tamis.cli.output import fail_unexpectedly


def test_the_log_says_where_and_the_terminal_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fail_unexpectedly(RuntimeError("inner"), tmp_path / "log")
    said = f"Something went wrong inside Tamis: RuntimeError. The log '{tmp_path / 'log'}' says where.\n"
    assert capsys.readouterr() == ("", said)
    assert "RuntimeError: inner" in (tmp_path / "log").read_text()


def test_a_log_that_cannot_be_written_does_not_hide_the_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TAMIS_DEBUG", raising=False)
    fail_unexpectedly(RuntimeError("inner"), tmp_path)
    said = "Something went wrong inside Tamis: RuntimeError. Set TAMIS_DEBUG=1 to see where.\n"
    assert capsys.readouterr() == ("", said)
