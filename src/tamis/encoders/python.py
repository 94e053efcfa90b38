"""A Python function as an encoder, `python:MODULE:FUNCTION`, for the command line only: it runs code.

The function takes uint8 pictures (n, s, s, 3) and returns vectors (n, d). It may carry attributes:
`input_size` (s, 224 unless told), `batch_size` (n, 16 unless told) and `weights` (a SHA-256).
"""

import hashlib
import importlib
import inspect
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import numpy as np

from tamis.encoders.base import Encoder, Images, Vectors
from tamis.model.errors import Invalid

_SIZE, _BATCH = 224, 16


class Python(Encoder):
    """Calls come from one thread at a time: nothing is known of the function."""

    scheme = "python"
    title = "A Python function"
    takes = "MODULE:FUNCTION"

    @classmethod
    def opened(cls, rest: str, cache_folder: Path) -> Self:
        """Import the function, and try it on one black picture to learn what comes out."""
        return cls(cache_folder, rest, _imported(rest))

    def __init__(self, cache_folder: Path, rest: str, function: Callable[[Images], object]) -> None:
        super().__init__(cache_folder)
        self.name = f"{self.scheme}:{rest}"
        self.lanes = 1
        self.input_size = _number(function, "input_size", _SIZE, self.name)
        self.batch_size = _number(function, "batch_size", _BATCH, self.name)
        self.weights = _weights(function)
        self.preprocessing = {"color": "rgb", "size": self.input_size}
        self._function = function
        self._alone = threading.Lock()
        self.dimension = self._call(np.zeros((1, self.input_size, self.input_size, 3), np.uint8)).shape[1]

    def _encode_batch(self, images: Images) -> Vectors:
        return self._call(images)

    def _call(self, images: Images) -> Vectors:
        with self._alone:
            found = np.asarray(self._function(images))
        expected = getattr(self, "dimension", None)
        if (
            found.ndim != 2
            or len(found) != len(images)
            or not found.shape[1]
            or (expected is not None and found.shape[1] != expected)
        ):
            raise Invalid(
                f"The encoder {self.name!r} gave the shape {found.shape} for {len(images)} pictures, not "
                f"({len(images)}, {expected or 'd'}).",
                field="encoder",
            )
        if found.dtype.kind not in "fiu":
            raise Invalid(f"The encoder {self.name!r} gave {found.dtype}, not numbers.", field="encoder")
        return found.astype(np.float32)


def _imported(rest: str) -> Callable[[Images], object]:
    module_name, colon, name = rest.partition(":")
    if not colon or not module_name or not name:
        raise Invalid(f"'python:{rest}' names no function. Write python:MODULE:FUNCTION.", field="encoder")
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.append(here)  # at the end, so that a file here never takes the place of a library
    try:
        found: Any = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        if error.name is None or not (module_name + ".").startswith(error.name + "."):
            raise  # something that the module itself imports
        raise Invalid(
            f"There is no Python module '{module_name}', neither installed nor in '{here}'.", field="encoder"
        ) from error
    for part in name.split("."):
        if not hasattr(found, part):
            raise Invalid(f"The module '{module_name}' has no '{name}'.", field="encoder")
        found = getattr(found, part)
    if not callable(found):
        raise Invalid(f"'{name}' in the module '{module_name}' cannot be called.", field="encoder")
    return found  # type: ignore[no-any-return]  # what it returns is checked at every call


def _number(function: object, name: str, default: int, encoder: str) -> int:
    value = getattr(function, name, default)
    if not isinstance(value, int) or not 1 <= value <= 4096:
        raise Invalid(
            f"The {name} of {encoder!r} is a number from 1 to 4096, not {value!r}.", field="encoder"
        )
    return value


def _weights(function: object) -> str:
    """Return what the function says, else the hash of its source file; that knows nothing of other files."""
    said = getattr(function, "weights", None)
    if isinstance(said, str) and len(said) == 64:
        return said
    module = inspect.getmodule(function)
    path = getattr(module, "__file__", None)
    return hashlib.sha256(Path(path).read_bytes() if path else b"").hexdigest()
