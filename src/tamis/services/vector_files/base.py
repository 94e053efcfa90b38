"""What a format of vector files is: rows of names and vectors in, a file out, and back."""

import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, ClassVar, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import Field

from tamis.model.embedding import EncoderFacts
from tamis.model.errors import Invalid
from tamis.model.noun import Noun

BLOCK = 4096
"""Rows that are read at a time."""
LARGEST_HALF = 65504.0


@dataclass(frozen=True)
class Rows:
    """Some rows of a file: m names, and vectors (m, d) of float32."""

    file_names: list[str]
    vectors: NDArray[np.float32]


class About(Noun):
    """What is known of the vectors in a file, kept with them where the format has room.

    `versions` are those of the packages that made them, `tamis` the one that wrote the file.
    """

    v: Literal[1] = 1
    name: str
    kind: Literal["full", "pca"]
    encoder: EncoderFacts
    dimension: int
    precision: Literal["half", "single"]
    digest: str | None = None
    versions: dict[str, str] = Field(default_factory=dict)
    tamis: str

    def text(self) -> str:
        """Return it as JSON for people and programs."""
        return json.dumps(self.model_dump(mode="json"), ensure_ascii=False, indent=2) + "\n"


class Format(ABC):
    """A subclass registers itself under its `suffix`; it has no state."""

    suffix: ClassVar[str]
    _registry: ClassVar[dict[str, "Format"]] = {}

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if cls.suffix in Format._registry:
            raise ValueError(f"Two formats end in {cls.suffix!r}.")
        Format._registry[cls.suffix] = cls()

    @abstractmethod
    def write(self, file: IO[bytes], about: About, rows: Iterable[Rows]) -> None:
        """Write rows, at least one, block by block.

        Raises:
            Invalid: the format cannot hold one of them; the message names it.
        """

    @abstractmethod
    def read(self, path: Path) -> Iterator[Rows]:
        """Yield the rows block by block; finite values, double names and emptiness are checked by others.

        Raises:
            Invalid: this is no such file; the message names the row, or line and column.
        """

    def place(self, row: int, column: int | None = None) -> str:
        """Say where a row (from 0 on) and one of its numbers are found in the file."""
        return f"row {row}" if column is None else f"row {row}, number {column}"

    def beside(self, path: Path) -> Path | None:
        """Where what is known of the vectors is written, if not into the file."""
        return None


def formats() -> dict[str, Format]:
    """Return the formats by the ending of their files."""
    return dict(sorted(Format._registry.items()))


def single(numbers: ArrayLike) -> NDArray[np.float32]:
    """Return numbers as float32; what is too large becomes infinite, which `read_rows` refuses."""
    with np.errstate(over="ignore"):
        return np.asarray(numbers).astype(np.float32)


def as_precision(rows: Rows, about: About) -> NDArray[np.float16] | NDArray[np.float32]:
    """Return the vectors as they are written.

    Raises:
        Invalid: a number is too large for half precision.
    """
    if about.precision == "single":
        return rows.vectors
    too_large = np.abs(rows.vectors) > LARGEST_HALF
    if too_large.any():
        row, column = np.argwhere(too_large)[0]
        raise Invalid(
            f"The vector of '{rows.file_names[row]}' holds {rows.vectors[row, column]:g}, and float16 ends "
            f"at {LARGEST_HALF:.0f}. Write float32 instead: --single.",
            field="precision",
        )
    return rows.vectors.astype(np.float16)
