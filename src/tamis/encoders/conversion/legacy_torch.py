"""Reads torch's old (pre-zip) weights format without torch, and without running what is in the file.

A pickle may name any function to call. This reader admits four names, none of which does anything.
It is the one place in Tamis that unpickles, and its caller checks the SHA-256 of the bytes first.
"""

import io
import math
import pickle
from collections import OrderedDict
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tamis.model.errors import Invalid

Array = NDArray[Any]
"""float32 or int64."""
DTYPES: dict[str, np.dtype[Any]] = {"FloatStorage": np.dtype("<f4"), "LongStorage": np.dtype("<i8")}


class _View(NamedTuple):
    """A tensor as the file has it: a window on a storage. The strides need not be those of C order."""

    storage: str
    offset: int
    size: tuple[int, ...]
    stride: tuple[int, ...]


def _view(storage: str, offset: int, size: tuple[int, ...], stride: tuple[int, ...], *_: object) -> _View:
    return _View(storage, offset, size, stride)


class _Reader(pickle.Unpickler):
    def __init__(self, file: io.BytesIO, storages: dict[str, tuple[np.dtype[Any], int]]) -> None:
        super().__init__(file)
        self.storages = storages

    def find_class(self, module: str, name: str) -> object:
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _view
        if module == "torch" and name in DTYPES:
            return name
        raise pickle.UnpicklingError(f"it asks for {module}.{name}")

    def persistent_load(self, pid: Any) -> str:
        _, kind, key, _, count, *_ = pid
        self.storages[key] = (DTYPES[kind], int(count))
        return str(key)


def read_legacy(content: bytes) -> dict[str, Array]:
    """Return the arrays of a state dict by name; refuse anything else with `Invalid`."""
    file = io.BytesIO(content)
    storages: dict[str, tuple[np.dtype[Any], int]] = {}
    try:
        for _ in range(3):  # magic number, protocol, system
            _Reader(file, storages).load()
        state = _Reader(file, storages).load()
        keys = _Reader(file, storages).load()
        data = {key: _read_storage(file, *storages[key]) for key in keys}
        return {name: _strided(data[view.storage], view) for name, view in state.items()}
    except (
        pickle.UnpicklingError,
        ValueError,
        TypeError,
        KeyError,
        AttributeError,
        EOFError,
        IndexError,
    ) as e:
        raise Invalid(f"This is no weights file in torch's old format: {e}.") from e


def _read_storage(file: io.BytesIO, dtype: np.dtype[Any], count: int) -> Array:
    if int.from_bytes(file.read(8), "little") != count:
        raise ValueError("a storage is not as long as it says")
    return np.frombuffer(file.read(count * dtype.itemsize), dtype, count)


def _strided(storage: Array, view: _View) -> Array:
    if len(view.size) != len(view.stride) or min((view.offset, *view.size, *view.stride), default=0) < 0:
        raise ValueError("a tensor has a negative offset, size or stride")
    last = view.offset + sum((n - 1) * step for n, step in zip(view.size, view.stride, strict=True))
    if math.prod(view.size) and last >= len(storage):
        raise ValueError("a tensor reaches beyond its storage")
    strides = [storage.itemsize * step for step in view.stride]
    return np.lib.stride_tricks.as_strided(storage[view.offset :], view.size, strides, writeable=False)
