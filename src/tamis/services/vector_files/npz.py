"""npz: `file_names` (n,) of text, `vectors` (n, d) of float16 or float32, and `about`, a text of JSON.

`numpy.load` reads it. It is written and read block by block, and nothing in it is ever unpickled.
"""

import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy

from tamis.model.errors import Invalid
from tamis.services.vector_files.base import BLOCK, About, Format, Rows, as_precision, single

_DAMAGE = (
    zipfile.BadZipFile, zlib.error, ValueError, EOFError, KeyError, RuntimeError, OSError,
)  # fmt: skip
"""All that reading a damaged, encrypted or odd archive raises."""
_LONGEST_NAME = 4096
_COPIED = 1 << 20


class Npz(Format):
    """Not compressed: vectors hardly shrink."""

    suffix = ".npz"

    def write(self, file: IO[bytes], about: About, rows: Iterable[Rows]) -> None:
        """Write the vectors aside first: their number stands before them in the file."""
        kind = np.dtype(np.float16 if about.precision == "half" else np.float32)
        names: list[str] = []
        with tempfile.TemporaryFile() as aside, zipfile.ZipFile(file, "w") as archive:
            for some in rows:
                names += some.file_names
                aside.write(np.ascontiguousarray(as_precision(some, about)).tobytes())
            aside.seek(0)
            with archive.open("vectors.npy", "w", force_zip64=True) as entry:
                header = {"descr": kind.str, "fortran_order": False, "shape": (len(names), about.dimension)}
                npy.write_array_header_1_0(entry, header)
                shutil.copyfileobj(aside, entry, _COPIED)
            for name, array in (("file_names", np.array(names)), ("about", np.array(about.text()))):
                with archive.open(f"{name}.npy", "w", force_zip64=True) as entry:
                    npy.write_array(entry, array, allow_pickle=False)

    def read(self, path: Path) -> Iterator[Rows]:
        """Read both arrays beside each other."""
        try:
            with zipfile.ZipFile(path) as archive:
                missing = {"file_names.npy", "vectors.npy"} - set(archive.namelist())
                if missing:
                    names = ", ".join(sorted(name.removesuffix(".npy") for name in missing))
                    raise Invalid(f"'{path}' has no array {names}.", field="file")
                yield from _read(archive, path)
        except _DAMAGE as error:
            raise Invalid(f"'{path}' is no npz file, or it is damaged: {error}.", field="file") from error


def _read(archive: zipfile.ZipFile, path: Path) -> Iterator[Rows]:
    with archive.open("file_names.npy") as names, archive.open("vectors.npy") as vectors:
        name_shape, name_kind = _header(names)
        shape, kind = _header(vectors)
        if len(name_shape) != 1 or name_kind.kind != "U" or name_kind.itemsize > 4 * _LONGEST_NAME:
            raise Invalid(
                f"'{path}': file_names is an array (n,) of texts of up to {_LONGEST_NAME} characters, not "
                f"{name_kind} {name_shape}.",
                field="file",
            )
        if len(shape) != 2 or kind not in (np.float16, np.float32, np.float64):
            raise Invalid(
                f"'{path}': vectors is an array (n, d) of floats, not {kind} {shape}.", field="file"
            )
        if shape[0] != name_shape[0]:
            raise Invalid(f"'{path}' has {name_shape[0]} file names for {shape[0]} vectors.", field="file")
        for start in range(0, shape[0], BLOCK):
            count = min(BLOCK, shape[0] - start)
            some = _take(names, count, name_kind).tolist()
            rows = _take(vectors, count * shape[1], kind).reshape(count, shape[1])
            yield Rows(some, single(rows))


def _header(entry: IO[bytes]) -> tuple[tuple[int, ...], np.dtype[Any]]:
    version = npy.read_magic(entry)
    read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
    shape, fortran, kind = read(entry)
    if fortran and len(shape) > 1:
        raise ValueError("an array is in Fortran order")
    return shape, kind


def _take(entry: IO[bytes], count: int, kind: np.dtype[Any]) -> np.ndarray[Any, np.dtype[Any]]:
    data = entry.read(count * kind.itemsize)
    if len(data) < count * kind.itemsize:
        raise ValueError("an array is cut short")
    return np.frombuffer(data, kind)
