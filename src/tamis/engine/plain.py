"""Plain values as bytes: all that a child may answer with.

A child has decoded files of strangers, and one of them may have taken it over. So its answers are data and
nothing else: reading them runs no code, names no class, and takes no more memory than they have bytes.

The form: the length of a JSON text, the text, then the bytes values end to end. In the text a list stands
for itself, `{"d": {...}}` for a dictionary, and `{"b": 5}` for the next 5 of those bytes.
"""

import json
import struct
from collections.abc import Mapping
from typing import cast

_LENGTH = struct.Struct("<I")


def encode(value: object) -> bytes:
    """Write a value made of None, truth values, numbers, texts, bytes, lists, tuples and dictionaries.

    Raises:
        TypeError: there is something else in it.
    """
    blobs: list[bytes] = []
    text = json.dumps(_marked(value, blobs), separators=(",", ":")).encode()
    return b"".join((_LENGTH.pack(len(text)), text, *blobs))


def decode(data: bytes | bytearray) -> object:
    """Read a value; tuples have become lists.

    Raises:
        ValueError: these bytes are not what `encode` writes.
    """
    view = memoryview(data)
    try:
        start = _LENGTH.size + _LENGTH.unpack_from(data)[0]
        marked = json.loads(bytes(view[_LENGTH.size : start]))
        reader = _Reader(view, start)
        value = reader.value(marked)
    except (struct.error, RecursionError) as error:
        raise ValueError("This is no plain value.") from error
    if reader.position != len(view):
        raise ValueError("The bytes do not end where the value does.")
    return value


def _marked(value: object, blobs: list[bytes]) -> object:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, bytes):
        blobs.append(value)
        return {"b": len(value)}
    if isinstance(value, list | tuple):
        return [_marked(one, blobs) for one in value]
    if isinstance(value, Mapping) and all(type(name) is str for name in value):
        return {"d": {name: _marked(one, blobs) for name, one in value.items()}}
    raise TypeError(f"A child can answer with plain values only, not with a {type(value).__name__}.")


class _Reader:
    """Puts the bytes values back where they belong."""

    def __init__(self, view: memoryview, position: int) -> None:
        self._view = view
        self.position = position

    def value(self, marked: object) -> object:
        if isinstance(marked, list):
            return [self.value(one) for one in marked]
        if not isinstance(marked, dict):
            return marked
        if marked.keys() == {"b"}:
            return self._bytes(marked["b"])
        if marked.keys() == {"d"} and isinstance(marked["d"], dict):
            return {cast(str, name): self.value(one) for name, one in marked["d"].items()}
        raise ValueError("This is no plain value.")

    def _bytes(self, length: object) -> bytes:
        if type(length) is not int or not 0 <= length <= len(self._view) - self.position:
            raise ValueError("There are fewer bytes than the value says.")
        self.position += length
        return bytes(self._view[self.position - length : self.position])
