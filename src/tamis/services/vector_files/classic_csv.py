"""The CSV of the classic pip package: `filenames,embedding_0,...,embedding_31,labels`.

One line for each sample, the label a whole number (0 is written), no comma in a name. The columns `masked`
and `selected` of the classic docker image are passed over.
"""

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

import numpy as np

from tamis.model.errors import Invalid
from tamis.services.vector_files.base import BLOCK, About, Format, Rows, single

_NAME, _LABEL, _NUMBER = "filenames", "labels", "embedding_"
_PASSED_OVER = frozenset({"masked", "selected"})
_FORBIDDEN = frozenset(',"\r\n')


class ClassicCsv(Format):
    """Numbers are written as the shortest text that gives the same float32."""

    suffix = ".csv"

    def place(self, row: int, column: int | None = None) -> str:
        """Lines count from 1, and the header is the first."""
        return f"line {row + 2}" + ("" if column is None else f", column {_NUMBER}{column}")

    def write(self, file: IO[bytes], about: About, rows: Iterable[Rows]) -> None:
        """Write the header, then each block through Arrow, which formats numbers fast."""
        import pyarrow as pa
        from pyarrow import csv as arrow_csv

        options = arrow_csv.WriteOptions(include_header=False, quoting_style="none")
        columns = [f"{_NUMBER}{number}" for number in range(about.dimension)]
        file.write((",".join([_NAME, *columns, _LABEL]) + "\n").encode())
        for some in rows:
            for name in some.file_names:
                _refuse_name(name)
            arrays = [pa.array(some.file_names, pa.utf8())]
            arrays += [pa.array(np.ascontiguousarray(column)) for column in some.vectors.T]
            arrays += [pa.array(np.zeros(len(some.file_names), np.int64))]
            table = pa.table(arrays, names=[_NAME, *columns, _LABEL])
            arrow_csv.write_csv(table, file, options)

    def read(self, path: Path) -> Iterator[Rows]:
        """Read line by line, so that a mistake is named by line and column."""
        try:
            with path.open(encoding="utf-8-sig", newline="") as file:
                lines = csv.reader(file, strict=True)
                header = next(lines, [])
                numbers, label = _columns(header, path)
                names: list[str] = []
                vectors: list[list[float]] = []
                for row, cells in enumerate(lines):
                    if lines.line_num != row + 2:
                        raise Invalid(
                            f"'{path}', line {lines.line_num}: a file name holds a line break.", field="file"
                        )
                    names.append(_name(cells, header, label, path, lines.line_num))
                    vectors.append(_numbers(cells, numbers, path, lines.line_num))
                    if len(vectors) == BLOCK:
                        yield Rows(names, single(vectors))
                        names, vectors = [], []
                if vectors:
                    yield Rows(names, single(vectors))
        except UnicodeDecodeError as error:
            raise Invalid(f"'{path}' is no text in UTF-8.", field="file") from error
        except csv.Error as error:
            raise Invalid(f"'{path}', line {lines.line_num}: {error}.", field="file") from error
        except OSError as error:
            raise Invalid(f"'{path}' cannot be read: {error.strerror}.", field="file") from error


def _refuse_name(name: str) -> None:
    if _FORBIDDEN & set(name):
        raise Invalid(
            f"The file name {name!r} holds a comma, a quotation mark or a line break, which the classic CSV "
            "has no way to write. Choose .parquet or .npz.",
            field="file",
        )


def _columns(header: list[str], path: Path) -> tuple[slice, int]:
    """Return which columns hold the numbers, and which the label."""
    for number, name in enumerate(header):
        if name != name.strip() or " " in name:
            raise Invalid(f"'{path}', line 1, column {number + 1}: {name!r} holds a space.", field="file")
    if not header or header[0] != _NAME:
        raise Invalid(
            f"'{path}', line 1, column 1: the first column is '{_NAME}', not {(header or [''])[0]!r}.",
            field="file",
        )
    if _LABEL not in header:
        raise Invalid(f"'{path}', line 1: there is no column '{_LABEL}'.", field="file")
    kept = [number for number, name in enumerate(header) if name not in _PASSED_OVER]
    dimension = len(kept) - 2
    expected = [_NAME, *(f"{_NUMBER}{number}" for number in range(dimension)), _LABEL]
    for number, wanted in zip(kept, expected, strict=True):
        if header[number] != wanted:
            raise Invalid(
                f"'{path}', line 1, column {number + 1}: the column '{wanted}' is expected, not "
                f"{header[number]!r}.",
                field="file",
            )
    if dimension < 1 or kept[dimension] != dimension:
        raise Invalid(
            f"'{path}', line 1: the columns '{_NUMBER}0' and so on follow '{_NAME}', one for each number.",
            field="file",
        )
    return slice(1, 1 + dimension), kept[-1]


def _name(cells: list[str], header: list[str], label: int, path: Path, line: int) -> str:
    if len(cells) != len(header):
        raise Invalid(
            f"'{path}', line {line}: there are {len(cells)} columns, and {len(header)} in line 1.",
            field="file",
        )
    try:
        int(cells[label])
    except ValueError as error:
        raise Invalid(
            f"'{path}', line {line}, column {_LABEL}: {cells[label][:40]!r} is no whole number.", field="file"
        ) from error
    if "," in cells[0]:
        raise Invalid(f"'{path}', line {line}, column {_NAME}: {cells[0]!r} holds a comma.", field="file")
    return cells[0]


def _numbers(cells: list[str], numbers: slice, path: Path, line: int) -> list[float]:
    wanted = cells[numbers]
    try:
        if "_" not in "".join(wanted):  # Python alone reads 1_0 as ten
            return [float(cell) for cell in wanted]
    except ValueError:
        pass
    column = next(number for number, cell in enumerate(wanted) if not _is_number(cell))
    raise Invalid(
        f"'{path}', line {line}, column {_NUMBER}{column}: {wanted[column][:40]!r} is no number.",
        field="file",
    )


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return "_" not in cell
