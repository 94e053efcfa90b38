"""Files that are whole or absent, and a full disk told in a sentence."""

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path

from tamis.model.errors import NoSpace

_FULL = {errno.ENOSPC, errno.EDQUOT}


@contextlib.contextmanager
def no_space_told(folder: Path) -> Iterator[None]:
    """Turn the error of a full disk into a sentence.

    Raises:
        NoSpace: the disk is full.
    """
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise NoSpace(
                f"There is no space left for '{folder}'. Free some, or name another folder with --out; "
                "what was saved before is whole."
            ) from error
        raise


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that a crash leaves the old one or the new one.

    Raises:
        NoSpace: the disk is full.
    """
    part = path.with_name(f"{path.name}.part")
    try:
        with no_space_told(path.parent), part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
