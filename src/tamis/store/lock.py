"""A lock on a file, which the system gives back when the process that holds it ends, however it ends."""

import os
import time
from pathlib import Path
from typing import Self

_PAUSE_SECONDS = 0.05

if os.name == "nt":
    import msvcrt

    def _take(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]  # Windows only
else:
    import fcntl

    def _take(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


class FileLock:
    """Held from `try_take` until `release`."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    @classmethod
    def try_take(cls, path: Path) -> Self | None:
        """Take the lock, or return None at once where another holds it."""
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
        try:
            _take(descriptor)
        except (BlockingIOError, PermissionError):
            os.close(descriptor)
            return None
        return cls(descriptor)

    @classmethod
    def take(cls, path: Path) -> Self:
        """Wait until no other process holds the lock, and take it."""
        while (lock := cls.try_take(path)) is None:
            time.sleep(_PAUSE_SECONDS)
        return lock

    def release(self) -> None:
        """Give the lock back."""
        os.close(self._descriptor)
