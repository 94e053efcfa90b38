"""A contact sheet as a PNG: rows of square pictures, the first column set apart."""

import io
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from tamis.images.chart import INK, PAPER, QUIET

_CELL, _GAP, _APART, _EDGE = 144, 8, 24, 24
_TITLE, _HEADS = 84, 30


def sheet(rows: NDArray[np.uint8], heads: Sequence[str], title: str, subtitle: str) -> bytes:
    """Draw pictures of uint8 (rows, columns, side, side, 3), a head above each column."""
    n, columns = rows.shape[:2]
    width = 2 * _EDGE + columns * _CELL + (columns - 2) * _GAP + _APART
    height = _TITLE + _HEADS + n * (_CELL + _GAP) - _GAP + _EDGE
    paper = Image.new("RGB", (width, height), PAPER)
    pen = ImageDraw.Draw(paper)
    pen.text((_EDGE, 22), title, INK, ImageFont.load_default(22))
    pen.text((_EDGE, 54), subtitle, QUIET, ImageFont.load_default(14))
    for column, head in enumerate(heads):
        left = _EDGE + column * (_CELL + _GAP) + (_APART - _GAP if column else 0)
        pen.text((left, _TITLE + 6), head, QUIET, ImageFont.load_default(14))
        for row in range(n):
            picture = Image.fromarray(np.ascontiguousarray(rows[row, column]))
            cell = picture.resize((_CELL, _CELL), Image.Resampling.BICUBIC)
            paper.paste(cell, (left, _TITLE + _HEADS + row * (_CELL + _GAP)))
    sink = io.BytesIO()
    paper.save(sink, "PNG")
    return sink.getvalue()
