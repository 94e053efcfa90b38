"""Draws EfficientNet-Lite0 as an ONNX graph: uint8 pictures in, the pooled features out.

Tan and Le (2019), https://arxiv.org/abs/1905.11946, in the Lite form: ReLU6, no squeeze-and-excitation.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

MEAN, SCALE = 127.0, 128.0
EPSILON = 1e-3  # of the batch norms
FEATURES = 1280
# (repeats, kernel, stride of the first repeat, expansion)
STAGES = [(1, 3, 1, 1), (2, 3, 2, 6), (2, 5, 2, 6), (3, 3, 2, 6), (3, 5, 1, 6), (4, 5, 2, 6), (1, 3, 1, 6)]

Weights = Mapping[str, NDArray[Any]]


class _Graph:
    """Collects nodes; each method appends one and returns the name of its output."""

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def node(self, kind: str, *inputs: str, **attributes: object) -> str:
        name = f"{kind.lower()}{len(self.nodes)}"
        node = helper.make_node(kind, list(inputs), [name], name)
        node.attribute.extend(helper.make_attribute(key, value) for key, value in attributes.items())
        self.nodes.append(node)
        return name

    def constant(self, name: str, value: NDArray[Any]) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def folded(self, convolution: str, norm: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Fold a batch norm: w' = w g / s and b' = b - m g / s, with s = sqrt(v + epsilon)."""
        kernel = self.weights[f"{convolution}.weight"].astype(np.float64)
        gain, shift, mean, variance = (
            self.weights[f"{norm}.{part}"].astype(np.float64)
            for part in ("weight", "bias", "running_mean", "running_var")
        )
        factor = gain / np.sqrt(variance + EPSILON)
        return kernel * factor[:, None, None, None], shift - mean * factor

    def convolve(
        self, x: str, convolution: str, norm: str, *, activate: bool = True, **attributes: object
    ) -> str:
        kernel, bias = self.folded(convolution, norm)
        w = self.constant(f"{convolution}.weight", kernel.astype(np.float32))
        b = self.constant(f"{convolution}.bias", bias.astype(np.float32))
        attributes = {"kernel_shape": kernel.shape[2:], "auto_pad": "SAME_UPPER"} | attributes
        x = self.node("Conv", x, w, b, **attributes)
        return self.node("Clip", x, "zero", "six") if activate else x

    def block(self, x: str, prefix: str, kernel: int, stride: int, expansion: int, *, repeat: bool) -> str:
        """Inverted residual: widen, filter each channel, narrow again; a repeat adds its input."""
        start = x
        if expansion > 1:
            x = self.convolve(x, f"{prefix}._expand_conv", f"{prefix}._bn0")
        channels = len(self.weights[f"{prefix}._depthwise_conv.weight"])
        strides = [stride, stride]
        x = self.convolve(x, f"{prefix}._depthwise_conv", f"{prefix}._bn1", group=channels, strides=strides)
        x = self.convolve(x, f"{prefix}._project_conv", f"{prefix}._bn2", activate=False)
        return self.node("Add", x, start) if repeat else x


def _stem(graph: _Graph) -> str:
    """Normalise, then convolve. Folding the mean into the bias would be wrong where the border is padded."""
    x = graph.node("Cast", graph.node("Transpose", "images", perm=[0, 3, 1, 2]), to=TensorProto.FLOAT)
    mean = graph.constant("mean", np.array([MEAN], np.float32))
    scale = graph.constant("scale", np.array([1 / SCALE], np.float32))
    x = graph.node("Mul", graph.node("Sub", x, mean), scale)
    return graph.convolve(x, "_conv_stem", "_bn0", strides=[2, 2])


def draw(weights: Weights, size: int) -> bytes:
    """Return the ONNX file that turns `images` (n, size, size, 3) of uint8 into `embedding` (n, 1280)."""
    graph = _Graph(weights)
    graph.constant("zero", np.array(0, np.float32))
    graph.constant("six", np.array(6, np.float32))
    x = _stem(graph)
    index = 0
    for repeats, kernel, stride, expansion in STAGES:
        for i in range(repeats):
            x = graph.block(x, f"_blocks.{index}", kernel, 1 if i else stride, expansion, repeat=i > 0)
            index += 1
    x = graph.node("GlobalAveragePool", graph.convolve(x, "_conv_head", "_bn1"))
    graph.nodes.append(helper.make_node("Flatten", [x], ["embedding"], name="embedding"))
    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "efficientnet-lite0",
            [helper.make_tensor_value_info("images", TensorProto.UINT8, ["n", size, size, 3])],
            [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["n", FEATURES])],
            graph.constants,
        ),
        opset_imports=[helper.make_opsetid("", 17)],
        ir_version=8,
    )
    onnx.checker.check_model(model, full_check=True)
    return bytes(model.SerializeToString(deterministic=True))
