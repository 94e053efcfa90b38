"""Lookup tables of a Huffman code: what the next bits of a stream say, found in one step.

The kernels of `scan.py` are compiled with these numbers: touch that file when one changes.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from tamis.compiling.kernel import exact_kernel
from tamis.images.jpeg.header import Code

SKIP_BITS = 13
"""The tables of a picture, 32 kB, fit the fastest cache of a processor; with a bit more they do not."""
VALUE_BITS = 11
_WORD_BITS = 16
END = np.uint64(1 << 15)
END_OF_BLOCK = np.uint64(64)


@dataclass(frozen=True, slots=True)
class Lookup:
    """The tables of some codes, each by the next bits of the stream.

    words: (codes, 65536) uint16: length of the code word << 8 | symbol; 0 where there is none.
    skips: (codes, 2**SKIP_BITS) uint16: as many whole symbols, with their values, as lie within these bits:
        END if they end the block, or if not even one fits | coefficients passed << 8 | bits.
    values: (codes, 2**VALUE_BITS) int32: one symbol: value << 16 | zeros before it << 8 | bits; END_OF_BLOCK
        zeros say that no more come; 0 where it does not fit.
    """

    words: NDArray[np.uint16]
    skips: NDArray[np.uint16]
    values: NDArray[np.int32]


@lru_cache(16)
def lookup(codes: tuple[Code, ...]) -> Lookup | None:
    """Make the tables, or return None if one is no code; most files of a camera have the same."""
    made = Lookup(
        np.zeros((len(codes), 1 << _WORD_BITS), np.uint16),
        np.zeros((len(codes), 1 << SKIP_BITS), np.uint16),
        np.zeros((len(codes), 1 << VALUE_BITS), np.int32),
    )
    for (counts, symbols), words, skips, values in zip(
        codes, made.words, made.skips, made.values, strict=True
    ):
        if not _fill_words(np.frombuffer(counts, np.uint8), np.frombuffer(symbols, np.uint8), words):
            return None
        _fill_skips(words, skips)
        _fill_values(words, values)
    return made


@exact_kernel
def _fill_words(counts: NDArray[np.uint8], symbols: NDArray[np.uint8], words: NDArray[np.uint16]) -> bool:
    start = taken = 0
    for length in range(1, 17):
        for _ in range(counts[length - 1]):
            stop = start + (1 << (16 - length))
            if stop > len(words):
                return False
            words[start:stop] = (length << 8) | symbols[taken]
            start = stop
            taken += 1
    return True


@exact_kernel
def _fill_skips(words: NDArray[np.uint16], skips: NDArray[np.uint16]) -> None:
    for window in range(len(skips)):
        bits = passed = 0
        end = False
        while not end:
            word = words[((window << bits) & (len(skips) - 1)) << (16 - SKIP_BITS)]
            zeros, size, taken = (word >> 4) & 15, word & 15, word >> 8
            if word == 0 or bits + taken + size > SKIP_BITS or passed + zeros + 1 > 63:
                break
            if size == 0 and zeros != 15:  # 15 zeros and a sixteenth are not the end
                if zeros > 0:
                    break
                end = True
            else:
                passed += zeros + 1
            bits += taken + size
        skips[window] = bits | passed << 8 | (end or bits == 0) << 15


@exact_kernel
def _fill_values(words: NDArray[np.uint16], values: NDArray[np.int32]) -> None:
    for window in range(len(values)):
        word = words[window << (16 - VALUE_BITS)]
        zeros, size, taken = (word >> 4) & 15, word & 15, word >> 8
        if word == 0 or taken + size > VALUE_BITS:
            continue
        value = 0
        if size > 0:
            value = ((window << taken) & (len(values) - 1)) >> (VALUE_BITS - size)
            if value < 1 << (size - 1):
                value -= (1 << size) - 1
        elif zeros < 15:
            zeros = np.int64(END_OF_BLOCK)
        values[window] = (taken + size) | zeros << 8 | value << 16
