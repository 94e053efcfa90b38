"""How far work without a job is: one live line on a terminal, plain lines anywhere else; always on stderr."""

import sys
import time
from types import TracebackType
from typing import Self

from tamis.cli.output import note

_LIVE_SECONDS, _PLAIN_SECONDS = 0.2, 5.0


class Counting:
    """Says so many of how many, how many a second, and how long it will still take."""

    def __init__(self, title: str, total: int, unit: str = "images") -> None:
        self._title, self._total, self._unit = title, total, unit
        self._live = sys.stderr.isatty()
        self._started = self._said = time.monotonic()

    def __enter__(self) -> Self:
        if not self._live:
            note(f"{self._title} ...")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live:
            sys.stderr.write("\n")

    def at(self, done: int) -> None:
        """Say it, when it is time to."""
        now = time.monotonic()
        if done < self._total and now - self._said < (_LIVE_SECONDS if self._live else _PLAIN_SECONDS):
            return
        self._said = now
        rate = done / max(now - self._started, 1e-6)
        left = (self._total - done) / max(rate, 1e-6)
        line = f"{self._title}: {done} of {self._total}, {rate:.0f} {self._unit}/s, {left:.0f} s left"
        if self._live:
            sys.stderr.write(f"\r\x1b[K{line}")
            sys.stderr.flush()
        else:
            note(line)
