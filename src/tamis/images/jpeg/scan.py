"""Read the blocks of a scan: the low frequencies in full, the rest only to know where it ends.

ITU-T T.81, annex F. Bits are read from a word of 64, filled up from the file before it can run out. It may
hold a few bits more than are counted as ahead: those that filling up puts there again. Where a marker or the
file's end is reached, zeros follow; with more than a word of them, the scan is not whole.
"""

import numpy as np
from numpy.typing import NDArray

from tamis.compiling.kernel import exact_kernel
from tamis.images.jpeg.lookup import END, END_OF_BLOCK, SKIP_BITS, VALUE_BITS

Numbers = NDArray[np.int64]
Plan = tuple[Numbers, NDArray[np.uint64], Numbers]
Tables = tuple[NDArray[np.uint16], NDArray[np.uint16], NDArray[np.int32]]
_SKIP_SHIFT, _VALUE_SHIFT, _WORD_SHIFT = (np.uint64(64 - bits) for bits in (SKIP_BITS, VALUE_BITS, 16))
_LOOKUPS = 56 // SKIP_BITS
"""So many lookups need no more than the 56 bits that are ahead after filling up."""
_SYMBOLS = 1 + (56 - 31) // VALUE_BITS
"""One of up to 31 bits, and those after it that a lookup finds whole, do not need more either."""
# Names, since a number with a sign and one without make a fraction in numba.
_0, _1, _2, _3, _4, _5, _6, _7, _8 = (np.uint64(number) for number in range(9))
_15, _16, _24, _32, _40, _48, _56, _63, _64, _127, _255 = (
    np.uint64(number) for number in (15, 16, 24, 32, 40, 48, 56, 63, 64, 127, 255)
)
_ONES, _HIGH_BITS = np.uint64(0x0101010101010101), np.uint64(0x8080808080808080)
PLACES = 64 + 15
"""A damaged file may pass the last coefficient with as many zeros as a symbol can name."""
_FIRST_RESTART, _END_OF_IMAGE = 0xD0, 0xD9


@exact_kernel
def scan(
    data: NDArray[np.uint8],
    start: int,
    units: tuple[int, int, int],
    plan: Plan,
    tables: Tables,
    coefficients: NDArray[np.int16],
) -> bool:
    """Fill in the coefficients; False if the scan is not whole and faultless, with the image's end after it.

    Args:
        data: the file.
        start: where in it the scan begins.
        units: how many there are across and in all, and from one restart to the next.
        plan: where coefficients go, and what they are multiplied with:
            (blocks of a unit, 7) int64: component; its tables, for the mean and for the rest; the place of
            the mean in the first unit; how far it is to the next unit across, and to the next down; how many
            coefficients are kept.
            (components, PLACES) uint64: from its mean to each coefficient; 0 for those that are not needed:
            the mean is written last.
            (components, PLACES) int64: the quantizers.
        tables: `words`, `skips` and `values` of `Lookup`.
        coefficients: all zero.
    """
    across, total, interval = units
    at = np.uint64(start)
    for first in range(0, total, interval):
        stop = min(first + interval, total)
        marker = _END_OF_IMAGE if stop == total else _FIRST_RESTART + (first // interval) % 8
        at = _piece(data, at, marker, (across, first, stop), plan, tables, coefficients)
        if at == _0:
            return False
    return True


@exact_kernel
def _piece(
    data: NDArray[np.uint8],
    at: np.uint64,
    marker: int,
    units: tuple[int, int, int],
    plan: Plan,
    tables: Tables,
    coefficients: NDArray[np.int16],
) -> np.uint64:
    """Read some units; return the place after the marker that follows, or 0 if anything is wrong."""
    across, start, stop = units
    (blocks, places, quantizers), (words, skips, values) = plan, tables
    means, end = np.zeros(len(blocks), np.int64), np.uint64(len(data))
    word = count = zeros = _0
    for unit in range(start, stop):
        row, column = unit // across, unit % across
        for block in range(len(blocks)):
            component, table, rest = blocks[block, 0], blocks[block, 1], blocks[block, 2]
            mean = np.uint64(blocks[block, 3] + column * blocks[block, 4] + row * blocks[block, 5])
            kept = np.uint64(blocks[block, 6])
            passed, single = _0, False
            while passed < _64:
                if at + _8 <= end:
                    ahead = _next_word(data, at)
                    room = (_63 - count) >> _3
                    if (ahead & ~(ahead + _ONES) & _HIGH_BITS) >> _1 >> (_63 - (room << _3)) == _0:
                        word |= ahead >> count
                        at += room
                        count |= _56
                if count < _56:
                    at, word, count, zeros = _filled_up(data, at, word, count, zeros)
                if passed >= kept and not single:
                    word, count, passed, single = _skipped(skips, rest, word, count, passed)
                    continue
                single = False
                for _ in range(_SYMBOLS):
                    bits, nothing, value = _symbol(words, values, table, word)
                    if passed == _0:
                        means[component] += value
                        table = rest
                    else:
                        passed = _63 if nothing == END_OF_BLOCK else passed + nothing
                    coefficients[mean + places[component, passed]] = value * quantizers[component, passed]
                    passed += _1 if bits > _0 else _127  # no symbol begins like this
                    word, count = word << bits, count - bits
                    if passed >= kept or values[table, word >> _VALUE_SHIFT] == 0:
                        break  # the next may be longer than what is left
            coefficients[mean] = means[component] * quantizers[component, 0]
            if passed > _64 or zeros > _64:
                return _0
    return _after_marker(data, at, count, zeros, marker)


@exact_kernel
def _filled_up(
    data: NDArray[np.uint8], at: np.uint64, word: np.uint64, count: np.uint64, zeros: np.uint64
) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64]:
    """Fill up byte by byte: after a 255 comes a 0 that only shows that it is no marker, or it is one."""
    end = np.uint64(len(data))
    while count < _56:
        byte = np.uint64(data[at]) if at < end else _255
        if byte < _255:
            at += _1
        elif at + _1 < end and data[at + _1] == 0:
            at += _2
        else:
            byte = _0
            zeros += _8
        word |= byte << (_56 - count)
        count += _8
    return at, word, count, zeros


@exact_kernel
def _skipped(
    skips: NDArray[np.uint16], table: int, word: np.uint64, count: np.uint64, passed: np.uint64
) -> tuple[np.uint64, np.uint64, np.uint64, bool]:
    """Skip symbols, to the end of the block if it is near; tell whether the next has to be read by itself."""
    before = skip = bits = more = _0
    for _ in range(_LOOKUPS):
        before = word
        skip = np.uint64(skips[table, word >> _SKIP_SHIFT])
        bits, more = skip & _63, skip >> _8 & _127
        word <<= bits
        count -= bits
        passed += more
        if skip >= END or passed >= _64:
            break
    if passed > _64 or (skip >= END and (passed == _64 or bits == _0)):
        # The block ended within what was looked up, or a symbol is longer than that.
        return before, count + bits, passed - more, True
    return word, count, _64 if skip >= END else passed, False


@exact_kernel
def _symbol(
    words: NDArray[np.uint16], values: NDArray[np.int32], table: int, word: np.uint64
) -> tuple[np.uint64, np.uint64, np.int64]:
    """Return of the next symbol its bits (0 if it is none), the zeros before its value, and its value."""
    found = values[table, word >> _VALUE_SHIFT]
    if found != 0:
        return np.uint64(found) & _255, np.uint64(found) >> _8 & _255, np.int64(found >> 16)
    symbol = np.uint64(words[table, word >> _WORD_SHIFT])
    length, nothing, size = symbol >> _8, symbol >> _4 & _15, symbol & _15
    if size == _0 and nothing < _15:
        nothing = END_OF_BLOCK
    return length + size, nothing, _value(word << length, size)


@exact_kernel
def _next_word(data: NDArray[np.uint8], at: np.uint64) -> np.uint64:
    return (
        np.uint64(data[at]) << _56
        | np.uint64(data[at + _1]) << _48
        | np.uint64(data[at + _2]) << _40
        | np.uint64(data[at + _3]) << _32
        | np.uint64(data[at + _4]) << _24
        | np.uint64(data[at + _5]) << _16
        | np.uint64(data[at + _6]) << _8
        | np.uint64(data[at + _7])
    )


@exact_kernel
def _value(word: np.uint64, size: np.uint64) -> np.int64:
    """Read the first `size` bits: the lower half of what they can say stands for negative values."""
    if size == _0:
        return np.int64(0)
    value = np.int64(word >> (_64 - size))
    return value if value >> np.int64(size - _1) else value - (np.int64(1) << np.int64(size)) + np.int64(1)


@exact_kernel
def _after_marker(
    data: NDArray[np.uint8], at: np.uint64, count: np.uint64, zeros: np.uint64, marker: int
) -> np.uint64:
    """Return the place after the marker, which has to come after less than a byte; 0 if it does not."""
    left = np.int64(count) - np.int64(zeros)
    if left < 0 or left >= 8 or at + _1 >= np.uint64(len(data)):
        return _0
    return at + _2 if data[at] == 255 and data[at + _1] == marker else _0
