"""A second, shorter reader of the weights, so that the reference network shares no code with the encoder."""

import io
import pickle
from collections import OrderedDict
from collections.abc import Callable

import numpy as np
import pytest


def _read_weights(content: bytes) -> dict[str, np.ndarray]:
    """Read storages first by their known layout, then build each tensor over its bytes."""
    file = io.BytesIO(content)
    kinds: dict[str, str] = {}

    class Reader(pickle.Unpickler):
        def find_class(self, module: str, name: str) -> object:
            return {"_rebuild_tensor_v2": lambda *view: view, "OrderedDict": OrderedDict}.get(name, name)

        def persistent_load(self, pid: tuple) -> str:
            kinds[pid[2]] = "<f4" if pid[1] == "FloatStorage" else "<i8"
            return pid[2]

    *_, state, keys = [Reader(file).load() for _ in range(5)]
    data = {}
    for key in keys:
        count = int.from_bytes(file.read(8), "little")
        data[key] = file.read(count * int(kinds[key][2]))
    weights = {}
    for name, (key, offset, size, stride, *_) in state.items():
        width = int(kinds[key][2])
        steps = [width * step for step in stride]
        weights[name] = np.ndarray(size, kinds[key], data[key], offset * width, steps)
    return weights


@pytest.fixture(scope="session")
def read_weights() -> Callable[[bytes], dict[str, np.ndarray]]:
    return _read_weights
