"""Where the coefficients of a picture go, and which of them are needed."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tamis.images.jpeg.header import Code, Component, Header
from tamis.images.jpeg.scan import PLACES, Plan
from tamis.images.jpeg.transform import LANES, Bands, bands, frequencies

_ZIGZAG = np.array([
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48,
    41, 34, 27, 20, 13, 6, 7, 14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23,
    30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
])  # fmt: skip
_DOWN, _ACROSS = np.divmod(_ZIGZAG, 8)
"""(64,) int64: the frequencies of each coefficient, in the order of the file."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The coefficients of a component.

    They lie from `start` on as (blocks across * `kept_across`, length): a row has those of a whole column of
    blocks for one frequency across, each block's `kept_down` frequencies down next to each other.
    `bands`, across and down, make them the pixels that are wanted.
    """

    component: Component
    start: int
    shape: tuple[int, int]
    kept_across: int
    kept_down: int
    bands: tuple[Bands, Bands]

    @property
    def stop(self) -> int:
        """Where the next begin."""
        return self.start + self.shape[0] * self.shape[1]

    def needed(self) -> NDArray[np.bool_]:
        """Tell which coefficients are, in the order of the file."""
        return (self.kept_down > _DOWN) & (self.kept_across > _ACROSS)

    def places(self) -> NDArray[np.int64]:
        """Return how far from its block's mean each coefficient goes, 0 if it is not needed."""
        return np.where(self.needed(), _ACROSS * self.shape[1] + _DOWN, 0)


def units(header: Header) -> tuple[int, int]:
    """Count the units of a picture, across and down: a block of the coarsest component, and those around."""
    first = header.components[0]
    return -(-header.width // (8 * first.across)), -(-header.height // (8 * first.down))


def layouts(header: Header, target: tuple[int, int]) -> Iterator[Layout]:
    """Yield the layout of each component, for a picture that is to have the size `target`."""
    first, (across, down), start = header.components[0], units(header), 0
    for each in header.components:
        width = header.width * each.across / first.across
        height = header.height * each.down / first.down
        kept_across, kept_down = frequencies(width, target[0]), frequencies(height, target[1])
        length = -(-down * each.down * kept_down // LANES) * LANES
        to_pixels = bands(width, target[0], kept_across), bands(height, target[1], kept_down)
        shape = across * each.across * kept_across, length
        layout = Layout(each, start, shape, kept_across, kept_down, to_pixels)
        yield layout
        start = layout.stop


def plan(layouts: Sequence[Layout], codes: Sequence[Code]) -> Plan:
    """Return what `scan` wants to know of all components."""
    places = np.zeros((len(layouts), PLACES), np.uint64)
    quantizers = np.zeros((len(layouts), PLACES), np.int64)
    for number, layout in enumerate(layouts):
        places[number, :64] = layout.places()
        quantizers[number, :64] = layout.component.quantization
    return np.array(list(_blocks(layouts, codes)), np.int64), places, quantizers


def _blocks(layouts: Sequence[Layout], codes: Sequence[Code]) -> Iterator[tuple[int, ...]]:
    for number, layout in enumerate(layouts):
        component, column = layout.component, layout.kept_across * layout.shape[1]
        steps = component.across * column, component.down * layout.kept_down
        kept = int(np.flatnonzero(layout.needed())[-1]) + 1
        for down, across in itertools.product(range(component.down), range(component.across)):
            tables = codes.index(component.dc), codes.index(component.ac)
            yield number, *tables, layout.start + across * column + down * layout.kept_down, *steps, kept
