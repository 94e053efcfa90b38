"""Which files below a folder are taken for images: by their names alone, nothing is opened."""

import os
from collections.abc import Iterator
from pathlib import Path

from tamis.model.errors import Invalid
from tamis.model.image import looks_like_image


def walk(root: Path) -> Iterator[bytes]:
    """Yield the relative paths of all files that look like images, sorted by their bytes.

    Hidden files and folders are passed over. Links to folders, and folders that cannot be read, are
    yielded, so that they are reported instead of being lost without a word.

    Raises:
        Invalid: the root itself is gone, or cannot be read.
    """
    top = os.fsencode(root)
    try:
        os.scandir(top).close()
    except OSError as error:
        shown = top.decode("utf-8", errors="backslashreplace")
        raise Invalid(f"The folder '{shown}' cannot be read: {error.strerror}.", field="root_id") from error
    yield from sorted(_walk(top, b""))


def _walk(top: bytes, below: bytes) -> Iterator[bytes]:
    try:
        found = os.scandir(os.path.join(top, below) if below else top)  # noqa: PTH118  # bytes
    except OSError:
        yield below
        return
    with found as entries:
        for entry in entries:
            relative = below + b"/" + entry.name if below else entry.name
            if entry.name.startswith(b"."):
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from _walk(top, relative)
            elif looks_like_image(os.fsdecode(entry.name)) or _links_to_folder(entry):
                yield relative


def _links_to_folder(entry: os.DirEntry[bytes]) -> bool:
    try:
        return entry.is_symlink() and entry.is_dir()
    except OSError:  # a link that leads to itself
        return False
