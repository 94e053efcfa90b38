"""What the user reads: results on stdout, everything else on stderr, errors as one red sentence."""

import contextlib
import json
import os
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tamis.model.errors import Invalid, TamisError

if TYPE_CHECKING:
    from rich.table import Table

    from tamis.model.digest import Json

DONE, FAILED, USAGE, BAD_FILES, INTERRUPTED = 0, 1, 2, 3, 130


class Usage(Invalid):
    """The command line itself is wrong; the exit code is 2."""


class Interrupted(TamisError):
    """The user pressed Ctrl-C; the message says what becomes of the work. The exit code is 130."""


def say(text: str = "") -> None:
    """Write a line of the result."""
    _write(sys.stdout, f"{text}\n")


def note(text: str) -> None:
    """Write a line beside the result."""
    _write(sys.stderr, f"{text}\n")


def agree(question: str) -> None:
    """Ask beside the result, and go on with a yes only; no answer at all is a no.

    Raises:
        typer.Abort: the answer is another.
    """
    import typer

    _write(sys.stderr, f"{question} [y/N]: ")
    if sys.stdin.readline().strip().lower() not in {"y", "yes"}:
        raise typer.Abort


def say_json(value: "Json") -> None:
    """Write the result as one JSON object."""
    say(json.dumps(value, ensure_ascii=False, indent=2))


def say_bytes(data: bytes) -> None:
    """Write bytes as they are: names of files need not be text."""
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def say_table(table: "Table") -> None:
    """Write a table; into a pipe, as wide as it has to be."""
    from rich.console import Console

    console = Console(highlight=False, markup=False)
    if not console.is_terminal:
        console = Console(highlight=False, markup=False, width=10_000)
    console.print(table)


def table(*columns: str) -> "Table":
    """Make a table without frames."""
    from rich.table import Table

    made = Table(box=None, pad_edge=False, header_style="bold", expand=False)
    for name in columns:
        numeric = name.startswith("#")
        made.add_column(name.removeprefix("#"), justify="right" if numeric else "left", overflow="fold")
    return made


def moment(milliseconds: int) -> str:
    """Write a moment in the user's own time."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC).astimezone().strftime("%Y-%m-%d %H:%M")


def refused(number: int) -> str:
    """Begin the list of files that could not be used."""
    return "1 file was refused:" if number == 1 else f"{number} files were refused:"


def fail(message: str) -> None:
    """Write an error: one sentence, red on a terminal."""
    message = _who() + message
    red = sys.stderr.isatty() and "NO_COLOR" not in os.environ
    _write(sys.stderr, f"\x1b[31m{message}\x1b[0m\n" if red else f"{message}\n")


def _who() -> str:
    """Name this process among those that torchrun has started; the first speaks for all."""
    rank, world = os.environ.get("RANK", ""), os.environ.get("WORLD_SIZE", "1")
    return f"Process {int(rank) + 1} of {world}: " if world != "1" and rank.isdigit() and rank != "0" else ""


def fail_unexpectedly(error: BaseException, log: Path) -> None:
    """Write an error that nobody foresaw: its traceback goes to the log."""
    lines = traceback.format_exception(error)
    if os.environ.get("TAMIS_DEBUG", "").lower() in ("1", "true", "yes", "on"):
        _write(sys.stderr, "".join(lines))
    advice = "Set TAMIS_DEBUG=1 to see where."
    with contextlib.suppress(OSError):  # a full disk, or a file of another user: the sentence comes anyway
        with log.open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(f"{datetime.now(UTC).isoformat()} {''.join(lines)}")
        advice = f"The log '{log}' says where."
    fail(f"Something went wrong inside Tamis: {type(error).__name__}. {advice}")


def _write(stream: object, text: str) -> None:
    assert hasattr(stream, "write") and hasattr(stream, "flush")
    encoding = getattr(stream, "encoding", None) or "utf-8"
    stream.write(text.encode(encoding, errors="backslashreplace").decode(encoding))
    stream.flush()
