"""The header of a JPEG: sizes, tables and where the coded blocks begin (ITU-T T.81, annex B)."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

_SCAN = 0xDA
_APPS, _COMMENT = range(0xE0, 0xF0), 0xFE
_BLOCKS_IN_FIRST = {(1, 1), (2, 1), (1, 2), (2, 2)}
_IN_ORDER = bytes([0, 63, 0])
"""All 64 coefficients, in full: what the scan of a sequential JPEG must say."""

Code = tuple[bytes, bytes]
"""A Huffman code: how many code words have 1 to 16 bits, and the symbols in order of their code words."""


@dataclass(frozen=True, slots=True)
class Component:
    """Brightness or one of two colours: its blocks in a unit, its 64 quantizers as coded, and its codes."""

    across: int
    down: int
    quantization: NDArray[np.int64]
    dc: Code
    ac: Code


@dataclass(frozen=True, slots=True)
class Header:
    """A sequential JPEG of 8 bits, grey or YCbCr, with all in one scan."""

    width: int
    height: int
    components: tuple[Component, ...]
    restart_interval: int
    scan_at: int


@dataclass(slots=True)
class _Found:
    quantization: dict[int, NDArray[np.int64]] = field(default_factory=dict)
    codes: dict[int, Code] = field(default_factory=dict)
    frame: bytes = b""
    restart_interval: int = 0
    jfif: bool = False
    adobe: bytes = b""


def read_header(data: bytes) -> Header | None:
    """Read up to the scan; None if this is not as `Header` says, or anything about it is odd."""
    found = _Found()
    try:
        for marker, body, end in _segments(data):
            if marker == _SCAN:
                return _header(found, body, end)
            if not _take(found, marker, body):
                return None
    except (LookupError, ValueError):
        return None
    return None


def _segments(data: bytes) -> Iterator[tuple[int, bytes, int]]:
    at = 2
    while data[at] == 0xFF:
        while data[at + 1] == 0xFF:  # markers may be filled up
            at += 1
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4])
        yield data[at + 1], data[at + 4 : end], end
        at = end


def _take(found: _Found, marker: int, body: bytes) -> bool:
    match marker:
        case 0xC0 | 0xC1 if not found.frame:  # sequential; the other frames are not read here
            found.frame = body
        case 0xC4:  # Huffman codes
            return _take_codes(found.codes, body)
        case 0xDB:  # quantization
            return _take_quantization(found.quantization, body)
        case 0xDD:  # restarts
            found.restart_interval = int.from_bytes(body)
            return len(body) == 2
        case 0xE0:  # perhaps JFIF
            found.jfif |= body.startswith(b"JFIF\0")
        case 0xEE if body.startswith(b"Adobe"):
            found.adobe = body
        case _:
            return marker == _COMMENT or marker in _APPS
    return True


def _take_codes(codes: dict[int, Code], body: bytes) -> bool:
    while body:
        name, counts = body[0], body[1:17]
        end = 17 + sum(counts)
        if len(body) < end or (name < 16 and max(body[17:end], default=0) > 15):
            return False  # cut, or a mean that differs by more bits than there are
        codes[name] = counts, body[17:end]
        body = body[end:]
    return True


def _take_quantization(tables: dict[int, NDArray[np.int64]], body: bytes) -> bool:
    while body:
        kind = np.dtype(">u2" if body[0] >> 4 else np.uint8)
        end = 1 + 64 * kind.itemsize
        if len(body) < end:
            return False
        tables[body[0] & 15] = np.frombuffer(body[1:end], kind).astype(np.int64)
        body = body[end:]
    return True


def _header(found: _Found, scan: bytes, scan_at: int) -> Header | None:
    bits, height, width, count = found.frame[0], found.frame[1:3], found.frame[3:5], found.frame[5]
    listed = [found.frame[6 + 3 * i : 9 + 3 * i] for i in range(count)]
    if (
        bits != 8
        or len(found.frame) != 6 + 3 * count
        or scan[0] != count
        or scan[1 + 2 * count :] != _IN_ORDER
    ):
        return None
    if [each[0] for each in listed] != list(scan[1 : 1 + 2 * count : 2]):
        return None
    if not _grey_or_ycbcr(found, bytes(each[0] for each in listed)):
        return None
    sampling = [(each[1] >> 4, each[1] & 15) for each in listed]
    if sampling[0] not in _BLOCKS_IN_FIRST or set(sampling[1:]) - {(1, 1)}:
        return None
    if count == 1:
        sampling = [(1, 1)]  # a scan of one component is not interleaved, whatever it says
    tables = scan[2 : 2 + 2 * count : 2]
    components = tuple(
        Component(*size, found.quantization[each[2]], found.codes[number >> 4], found.codes[16 | number & 15])
        for size, each, number in zip(sampling, listed, tables, strict=True)
    )
    sizes = int.from_bytes(width), int.from_bytes(height)
    return Header(*sizes, components, found.restart_interval, scan_at) if all(sizes) else None


def _grey_or_ycbcr(found: _Found, names: bytes) -> bool:
    """Tell whether libjpeg would take the colours for YCbCr: by JFIF, else by Adobe, else by their names."""
    if len(names) == 1:
        return True
    if len(names) != 3:
        return False
    return found.jfif or (found.adobe[11:12] == b"\1" if found.adobe else names == b"\1\2\3")
