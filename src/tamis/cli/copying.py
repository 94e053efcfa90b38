"""Copying images out: whole files or none, and nothing that is there is ever replaced."""

import errno
import filecmp
import os
import secrets
import shutil
from pathlib import Path

from tamis.model.errors import Conflict, NoSpace, NotFound


def copy_all(root: Path, paths: bytes, to: Path) -> tuple[int, int]:
    """Copy files, one path per line relative to the root, and return how many were copied and
    how many were there.

    Raises:
        Conflict: another file is in the way; nothing has been copied then.
        NotFound: an image has been removed since it was read; nothing has been copied then.
        NoSpace: the disk is full.
    """
    pairs = [(root / name, to / name) for name in map(os.fsdecode, paths.split(b"\n")) if name]
    missing = [source for source, _ in pairs if not source.is_file()]
    if missing:
        raise NotFound(f"{len(missing)} images are gone, the first is '{missing[0]}'. Nothing was copied.")
    there = [target for source, target in pairs if _is_there(source, target)]
    done = set(there)
    try:
        for source, target in pairs:
            if target not in done:
                _copy(source, target)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise NoSpace(f"The disk that holds '{to}' is full. Make room, then run this again.") from error
        raise Conflict(f"'{to}' cannot be written: {error.strerror}.") from error
    return len(pairs) - len(there), len(there)


def _is_there(source: Path, target: Path) -> bool:
    """Tell whether the same file is there already; refuse to go on when it is another."""
    if not os.path.lexists(target):
        return False
    if target.is_file() and filecmp.cmp(source, target, shallow=False):
        return True
    raise Conflict(f"'{target}' is there and is another file. Nothing was copied; name an empty folder.")


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{secrets.token_hex(8)}.part")
    try:
        shutil.copy2(source, part)
        try:
            os.link(part, target)  # unlike a rename, it never replaces what came there meanwhile
        except (NotImplementedError, OSError) as error:
            if isinstance(error, FileExistsError) or target.exists():
                raise
            part.rename(target)  # a file system without links
    finally:
        part.unlink(missing_ok=True)
