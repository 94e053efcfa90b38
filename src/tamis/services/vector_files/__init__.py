"""Vectors in files: Parquet, npz and the classic CSV, in and out, block by block.

A format is one file in this folder. What every format has to be checked for is checked here, once.
"""

import importlib
import pkgutil
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from tamis.model.errors import Invalid
from tamis.services.vector_files.base import About, Format, Rows, formats
from tamis.store.folder import write_whole

__all__ = ["About", "Rows", "format_of", "read_rows", "suffixes", "write_rows"]

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")

_MOST_DIMENSIONS = 16_384


def suffixes() -> list[str]:
    """Return the endings of the files that are read and written."""
    return list(formats())


def format_of(path: Path) -> Format:
    """Return the format that the ending of a file asks for.

    Raises:
        Invalid: there is none.
    """
    found = formats().get(path.suffix.lower())
    if found is None:
        raise Invalid(
            f"'{path.name}' ends in none of {', '.join(suffixes())}. The ending says how vectors are kept.",
            field="file",
        )
    return found


def write_rows(path: Path, about: About, rows: Iterable[Rows]) -> int:
    """Write a file, whole or not at all, and return how many rows it has.

    Raises:
        Invalid: there are no rows, or the format cannot hold one.
        NoSpace: the disk is full; nothing is left behind.
    """
    form = format_of(path)
    count = 0

    def counted() -> Iterator[Rows]:
        nonlocal count
        for some in rows:
            if some.file_names:
                count += len(some.file_names)
                yield some
        if not count:
            raise Invalid("There are no vectors to write.", field="file")

    write_whole(path, lambda file: form.write(file, about, counted()))
    beside = form.beside(path)
    if beside is not None:
        write_whole(beside, lambda file: file.write(about.text().encode()))
    return count


def read_rows(path: Path) -> Iterator[Rows]:
    """Yield the rows of a file, block by block, each name once and every number finite.

    Raises:
        Invalid: it is no file of vectors; the message names the row, or line and column.
    """
    form = format_of(path)
    seen: dict[str, int] = {}
    for some in form.read(path):
        first = len(seen)
        dimension = some.vectors.shape[1]
        if not 1 <= dimension <= _MOST_DIMENSIONS:
            raise Invalid(
                f"'{path}' has vectors of {dimension} numbers, not of 1 to {_MOST_DIMENSIONS}.", field="file"
            )
        bad = np.argwhere(~np.isfinite(some.vectors))
        if len(bad):
            row, column = (int(number) for number in bad[0])
            raise Invalid(
                f"'{path}', {form.place(first + row, column)}: {some.vectors[row, column]} is not finite.",
                field="file",
            )
        for row, name in enumerate(some.file_names):
            if not name:
                raise Invalid(f"'{path}', {form.place(first + row)}: there is no file name.", field="file")
            if seen.setdefault(name, first + row) != first + row:
                raise Invalid(
                    f"'{path}', {form.place(first + row)}: '{name}' is in {form.place(seen[name])} already.",
                    field="file",
                )
        yield some
    if not seen:
        raise Invalid(f"'{path}' holds no vectors.", field="file")
