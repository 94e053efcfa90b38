"""Read an image in place: open it without leaving its root, then fingerprint, decode, shrink and measure it.

File names are bytes, as the file system spells them. The path is walked one folder at a time and no step
follows a link, so that nobody can swap a folder for a link between a check and the opening. A link is
resolved first, and the path that it resolves to is walked the same way.
"""

import errno
import hashlib
import os
import stat
from dataclasses import dataclass

from tamis.images.decode import PIXEL_LIMIT, decode
from tamis.images.formats import HEAD_BYTES, sniff
from tamis.images.measure import measure
from tamis.images.thumbnail import encode, fitted
from tamis.model.image import BadImage, BadImageReason, ImageFacts

_LARGE = 16 * 2**20
_WALKS = os.open in os.supports_dir_fd and hasattr(os, "O_NOFOLLOW")
_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0)
# O_NONBLOCK: should the file have become a FIFO since it was looked at, opening it returns at once.
_FILE = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)

_REASONS = {
    errno.ENOENT: BadImageReason.VANISHED,
    errno.ESTALE: BadImageReason.VANISHED,
    errno.ENOTDIR: BadImageReason.VANISHED,
    errno.ENAMETOOLONG: BadImageReason.VANISHED,
    errno.ELOOP: BadImageReason.NOT_A_FILE,
    errno.EISDIR: BadImageReason.NOT_A_FILE,
    errno.ENXIO: BadImageReason.NOT_A_FILE,
}


@dataclass(frozen=True, slots=True)
class ReadResult:
    """Either the facts and the thumbnail of one file, or the reason why it was refused."""

    relative: bytes
    facts: ImageFacts | None = None
    thumbnail: bytes | None = None
    reason: BadImageReason | None = None


class _LinkFoundError(OSError):
    """The path holds a link, which has to be resolved first."""


def read_image(
    root: bytes | os.PathLike[str], relative: bytes, *, pixel_limit: int = PIXEL_LIMIT
) -> ReadResult:
    """Read the file at `relative` inside the folder `root`.

    Raises:
        MemoryError: there is too little memory for this picture; whatever else is wrong is a reason.
    """
    try:
        data, modified_ns = _read_bytes(os.fsencode(root), relative)
        decoded = decode(data, fitted, pixel_limit=pixel_limit)
    except BadImage as error:
        return ReadResult(relative, reason=error.reason)
    facts = ImageFacts(
        sha256=hashlib.sha256(data).hexdigest(),
        size_bytes=len(data),
        modified_ns=modified_ns,
        width=decoded.width,
        height=decoded.height,
        format=decoded.format,
        mode=decoded.mode,
        measures=measure(decoded.pixels),
    )
    return ReadResult(relative, facts, encode(decoded.pixels))


def read_original(root: bytes | os.PathLike[str], relative: bytes) -> bytes:
    """Return the bytes of the file at `relative` inside the folder `root`.

    Raises:
        BadImage: it is gone, may not be read, or lies outside of the root by now.
    """
    return _read_bytes(os.fsencode(root), relative)[0]


def _read_bytes(root: bytes, relative: bytes) -> tuple[bytes, int]:
    """Return the content and the time of its last change, taken before reading: a later change shows."""
    try:
        file = _open_inside(root, relative)
        try:
            facts = os.fstat(file)
            if not stat.S_ISREG(facts.st_mode):
                raise BadImage(BadImageReason.NOT_A_FILE)
            return _read_all(file, facts.st_size), facts.st_mtime_ns
        finally:
            os.close(file)
    except OSError as error:
        raise BadImage(_REASONS.get(error.errno or 0, BadImageReason.UNREADABLE)) from error


def _read_all(file: int, size: int) -> bytes:
    if size > _LARGE:  # look before reading gigabytes of video that is named .jpg
        head = os.read(file, HEAD_BYTES)
        if sniff(head) is None:
            raise BadImage(BadImageReason.NOT_AN_IMAGE)
        os.lseek(file, 0, os.SEEK_SET)
    parts = [os.read(file, size + 1)]
    while parts[-1]:
        parts.append(os.read(file, 2**20))
    return b"".join(parts)


def _open_inside(root: bytes, relative: bytes) -> int:
    parts = relative.split(b"/")
    if relative.startswith(b"/") or b".." in parts:
        raise BadImage(BadImageReason.OUTSIDE)
    if b"\0" in relative:
        raise BadImage(BadImageReason.VANISHED)
    if _WALKS:
        try:
            return _walk(root, parts)
        except _LinkFoundError:
            return _walk(root, _resolved(root, relative))
    return os.open(os.path.join(root, *_resolved(root, relative)), _FILE)  # noqa: PTH118 - bytes


def _walk(root: bytes, parts: list[bytes]) -> int:
    folder = os.open(root, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))
    try:
        for part in parts[:-1]:
            _refuse_link(part, folder)
            inner = os.open(part, _FOLDER, dir_fd=folder)
            os.close(folder)
            folder = inner
        mode = _refuse_link(parts[-1], folder)
        if not stat.S_ISREG(mode):  # never opened: opening a device may do something
            raise BadImage(BadImageReason.NOT_A_FILE)
        return os.open(parts[-1], _FILE, dir_fd=folder)
    finally:
        os.close(folder)


def _refuse_link(part: bytes, folder: int) -> int:
    mode = os.stat(part, dir_fd=folder, follow_symlinks=False).st_mode
    if stat.S_ISLNK(mode):
        raise _LinkFoundError(errno.ELOOP, "link")
    return mode


def _resolved(root: bytes, relative: bytes) -> list[bytes]:
    """Resolve every link and return the way from the root, or refuse what lies outside of it."""
    real_root = os.path.realpath(root)
    real = os.path.realpath(os.path.join(real_root, relative))  # noqa: PTH118 - bytes
    inside = real_root.rstrip(os.fsencode(os.sep)) + os.fsencode(os.sep)
    if not real.startswith(inside):
        raise BadImage(BadImageReason.OUTSIDE)
    return real[len(inside) :].split(os.fsencode(os.sep))
