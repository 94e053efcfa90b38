"""What this process may use of the machine."""

import contextlib
import gc
import os
from collections.abc import Iterator
from pathlib import Path

import platformdirs


def cores() -> int:
    """Count the processor cores that this process may use; in a container there may be fewer than exist."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # macOS, Windows
        return os.cpu_count() or 1


def user_cache(name: str) -> Path | None:
    """Return this user's folder for what can be made again at any time; none where we may not write."""
    folder = Path(platformdirs.user_cache_dir("tamis")) / name
    return folder if can_write(folder) else None


def can_write(folder: Path) -> bool:
    """Make the folder if it is missing, and tell whether files can be put there."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK | os.X_OK)


@contextlib.contextmanager
def loading() -> Iterator[None]:
    """Load a thousand modules without looking for garbage among them: a tenth off the start of a process."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()  # modules stay for good, so later rounds need not look at them either
        gc.enable()
