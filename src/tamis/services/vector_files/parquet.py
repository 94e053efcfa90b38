"""Parquet: columns `file_name` and `vector`, a list of float16 or float32; a JSON file beside it."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

import numpy as np
import pyarrow as pa

from tamis.model.errors import Invalid
from tamis.services.vector_files.base import BLOCK, About, Format, Rows, as_precision, single


class Parquet(Format):
    """`photos.parquet`, and `photos.json` with what is known of the vectors; its metadata say the same."""

    suffix = ".parquet"

    def beside(self, path: Path) -> Path:
        """The same name, ending in .json."""
        return path.with_suffix(".json")

    def write(self, file: IO[bytes], about: About, rows: Iterable[Rows]) -> None:
        """Write one row group for each block."""
        from pyarrow import parquet

        number = pa.float16() if about.precision == "half" else pa.float32()
        schema = pa.schema(
            {"file_name": pa.utf8(), "vector": pa.list_(number, about.dimension)},
            metadata={"tamis": about.text()},
        )
        with parquet.ParquetWriter(file, schema) as writer:
            for some in rows:
                flat = pa.array(np.ascontiguousarray(as_precision(some, about)).reshape(-1))
                vectors = pa.FixedSizeListArray.from_arrays(flat, about.dimension)
                names = pa.array(some.file_names, pa.utf8())
                writer.write_table(pa.table([names, vectors], schema=schema))

    def read(self, path: Path) -> Iterator[Rows]:
        """Take lists of any kind, as long as all have the same length."""
        from pyarrow import parquet

        first, dimension = 0, None
        try:
            with parquet.ParquetFile(path) as file:
                _check_columns(file.schema_arrow, path)
                for batch in file.iter_batches(BLOCK, columns=["file_name", "vector"]):
                    names, lists = batch.column("file_name"), batch.column("vector")
                    flat, found = self._flat(lists, path, first, dimension)
                    if names.null_count:
                        row = first + names.is_null().to_pylist().index(True)
                        raise Invalid(f"'{path}', {self.place(row)}: there is no file name.", field="file")
                    dimension, first = found, first + len(names)
                    yield Rows(names.to_pylist(), flat.reshape(len(names), found))
        except (pa.ArrowException, OSError, ValueError) as error:
            text = " ".join(str(error).split())[:200]
            raise Invalid(f"'{path}' is no Parquet file, or it is damaged: {text}", field="file") from error

    def _flat(
        self, lists: pa.Array, path: Path, first: int, dimension: int | None
    ) -> tuple[np.ndarray[tuple[int], np.dtype[np.float32]], int]:
        """Return all numbers in a row, and how many a list has."""
        if lists.null_count:
            row = first + lists.is_null().to_pylist().index(True)
            raise Invalid(f"'{path}', {self.place(row)}: there is no vector.", field="file")
        lengths = lists.value_lengths().to_numpy(zero_copy_only=False)
        found = dimension or int(lengths[0])
        for row in np.flatnonzero(lengths != found)[:1].tolist():
            raise Invalid(
                f"'{path}', {self.place(first + row)}: a vector of {lengths[row]} numbers, not {found}.",
                field="file",
            )
        numbers = lists.flatten()
        if numbers.null_count:
            row, column = divmod(numbers.is_null().to_pylist().index(True), found)
            raise Invalid(f"'{path}', {self.place(first + row, column)}: there is no number.", field="file")
        return single(numbers.to_numpy(zero_copy_only=False)), found


def _check_columns(schema: pa.Schema, path: Path) -> None:
    kinds = {field.name: field.type for field in schema}
    missing = [name for name in ("file_name", "vector") if name not in kinds]
    if missing:
        raise Invalid(f"'{path}' has no column {' and no column '.join(missing)}.", field="file")
    if not pa.types.is_string(kinds["file_name"]) and not pa.types.is_large_string(kinds["file_name"]):
        raise Invalid(f"'{path}', column file_name: {kinds['file_name']} is no text.", field="file")
    vector = kinds["vector"]
    is_list = any(
        check(vector) for check in (pa.types.is_list, pa.types.is_large_list, pa.types.is_fixed_size_list)
    )
    if not is_list or not pa.types.is_floating(vector.value_type):
        raise Invalid(f"'{path}', column vector: {vector} is no list of floats.", field="file")
