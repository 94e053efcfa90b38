"""Frames between an engine and its child: one letter, a length, and that many bytes."""

import io
import struct

_HEADER = struct.Struct("<cQ")

READY = b"r"
"""Child: I am up."""
STARTED = b"s"
"""Child: the function and the shard are read, the clock of the time limit starts."""
VALUE = b"v"
"""Child: the value, as `plain.py` writes it."""
RAISED = b"e"
"""Child: [the name of the error, its traceback], as `plain.py` writes them."""
FUNCTION = b"f"
"""Parent: use this pickled function from now on."""
SHARD = b"w"
"""Parent: work on this pickled shard."""

LONGEST_ANSWER = 1 << 28
"""The most bytes that a parent takes at once: a child may have been taken over by what it has decoded."""

OUT_OF_MEMORY = 97
"""The child's exit status when its memory limit was reached."""


def send(file: io.FileIO, kind: bytes, payload: bytes = b"") -> None:
    """Write one frame."""
    # A large payload is not copied to sit behind its header.
    for part in (_HEADER.pack(kind, len(payload)), payload):
        view = memoryview(part)
        while view:
            view = view[file.write(view) :]


class TooLongError(Exception):
    """A frame is longer than the reader takes."""


def receive(file: io.FileIO, longest: int | None = None) -> tuple[bytes, bytearray] | None:
    """Read one frame; None if the other side is gone, be it in the middle of a frame.

    Raises:
        TooLongError: it is longer than `longest`.
    """
    header = _read(file, _HEADER.size)
    if header is None:
        return None
    kind, size = _HEADER.unpack(header)
    if longest is not None and size > longest:
        raise TooLongError
    payload = _read(file, size)
    return None if payload is None else (kind, payload)


def _read(file: io.FileIO, size: int) -> bytearray | None:
    data = bytearray(size)
    view = memoryview(data)
    while view:
        count = file.readinto(view)
        if not count:
            return None
        view = view[count:]
    return data
