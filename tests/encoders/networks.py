"""Small networks in ONNX files, and a function that can serve as an encoder."""

from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper

SIDE = 8


def network(
    path: Path,
    *,
    shape: tuple[int | str, ...] = ("n", 3, SIDE, SIDE),
    kind: int = TensorProto.FLOAT,
    pooled: bool = True,
    inputs: int = 1,
) -> Path:
    """Write a network whose output is the mean of each channel, or the pictures themselves."""
    nodes = [helper.make_node("Cast", ["images"], ["numbers"], to=TensorProto.FLOAT)]
    spatial = [2, 3] if shape[1] == 3 else [1, 2]
    nodes.append(
        helper.make_node("ReduceMean", ["numbers"], ["vectors"], axes=spatial, keepdims=0)
        if pooled
        else helper.make_node("Identity", ["numbers"], ["vectors"])
    )
    extra = [helper.make_tensor_value_info(f"more{i}", kind, [1]) for i in range(inputs - 1)]
    graph = helper.make_graph(
        nodes,
        "means",
        [helper.make_tensor_value_info("images", kind, list(shape)), *extra],
        [helper.make_tensor_value_info("vectors", TensorProto.FLOAT, None)],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    path.write_bytes(model.SerializeToString())
    return path


def external(path: Path) -> Path:
    """Write a network whose weights lie in a second file."""
    model = onnx.load_model_from_string(network(path).read_bytes())
    tensor = helper.make_tensor("w", TensorProto.FLOAT, [1], [1.0])
    tensor.ClearField("float_data")
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="../secret.bin")
    model.graph.initializer.append(tensor)
    path.write_bytes(model.SerializeToString())
    return path


def mean_colours(images: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return the mean of each channel (n, 3)."""
    return images.mean(axis=(1, 2))


mean_colours.input_size = 16  # type: ignore[attr-defined]


def loses_rows(images: NDArray[np.uint8]) -> NDArray[np.float64]:
    return images.mean(axis=(1, 2))[:0]


def answers_text(images: NDArray[np.uint8]) -> NDArray[np.str_]:
    return np.full((len(images), 2), "one")


NOTHING = None
