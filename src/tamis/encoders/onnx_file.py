"""Any network in an ONNX file, run by onnxruntime on the CPU.

What the file can not say stands in a JSON file of the same name beside it: `net.onnx` and `net.json`, as in
`{"size": 224, "mean": [123.7, 116.3, 103.5], "std": [58.4, 57.1, 57.4], "output": "features"}`.
"""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, ValidationError

from tamis.encoders.base import Encoder, Images, Vectors
from tamis.encoders.lite0 import open_session
from tamis.encoders.weights_file import read_weights
from tamis.model.errors import Invalid
from tamis.model.noun import Noun

if TYPE_CHECKING:
    import onnxruntime

Channels = tuple[float, float, float]
Positive = Annotated[float, Field(gt=0)]

_DEFAULT_SIZE = 224
_TYPES = {"tensor(uint8)": np.uint8, "tensor(float)": np.float32, "tensor(float16)": np.float16}


class Beside(Noun):
    """How pictures are prepared: (value - mean) / std on 0 to 255, ImageNet's numbers unless told.

    A network that takes uint8 prepares them itself and gets them as they are. `output` is the name of the
    output to use, the first one unless told.
    """

    size: int | None = Field(None, ge=1, le=4096)
    mean: Channels = (123.675, 116.28, 103.53)
    std: tuple[Positive, Positive, Positive] = (58.395, 57.12, 57.375)
    output: str | None = None


class OnnxFile(Encoder):
    """One input of pictures (n, 3, s, s) or (n, s, s, 3), one output (n, d)."""

    scheme = "onnx"
    title = "A network in an ONNX file"
    packages = ("onnxruntime",)
    takes = "FILE"
    folder = "encoders"

    @classmethod
    def opened(cls, rest: str, cache_folder: Path) -> Self:
        """Open the file `rest`, and try it on one black picture to learn what comes out."""
        path = Path(rest)
        content = read_weights(path)
        _refuse_external(content, path)
        return cls(cache_folder, path, content, _beside(path.with_suffix(".json")))

    def __init__(self, cache_folder: Path, path: Path, content: bytes, beside: Beside) -> None:
        super().__init__(cache_folder)
        self.name = f"{self.scheme}:{path.name}"
        self._path = path
        self._session = _session(content, path)
        (self._input,) = _one(self._session.get_inputs(), path)
        self._type = _TYPES.get(self._input.type)
        if self._type is None:
            raise Invalid(
                f"The network in '{path}' takes {self._input.type}, not pictures of uint8 or float.",
                field="encoder",
            )
        self._first, self.batch_size, self.input_size = _layout(self._input.shape, beside.size, path)
        self._mean, self._std = np.array(beside.mean, np.float32), np.array(beside.std, np.float32)
        self._output = _output(self._session, beside.output, path)
        self.weights = hashlib.sha256(content).hexdigest()
        self.preprocessing = {
            "color": "rgb",
            "size": self.input_size,
            "layout": "nchw" if self._first else "nhwc",
            "output": self._output,
        }
        if self._type is not np.uint8:
            self.preprocessing |= {"subtract": list(beside.mean), "divide": list(beside.std)}
        side = self.input_size
        self.dimension = self._run(np.zeros((1, side, side, 3), np.uint8)).shape[1]

    def _encode_batch(self, images: Images) -> Vectors:
        return self._run(images)

    def _run(self, images: Images) -> Vectors:
        n = len(images)
        if n < self.batch_size:  # the network takes so many at once, and no fewer
            images = np.concatenate([images, np.zeros((self.batch_size - n, *images.shape[1:]), np.uint8)])
        pictures: NDArray[Any] = images
        if self._type is not np.uint8:
            pictures = ((images - self._mean) / self._std).astype(self._type)
        if self._first:
            pictures = np.ascontiguousarray(pictures.transpose(0, 3, 1, 2))
        try:
            (found,) = self._session.run([self._output], {self._input.name: pictures})
        except _errors() as error:
            raise Invalid(
                f"The network in '{self._path}' cannot be run: {_brief(error)}", field="encoder"
            ) from error
        shape = np.shape(found)
        if len(shape) < 2 or shape[0] != len(images) or any(side != 1 for side in shape[2:]) or not shape[1]:
            raise Invalid(
                f"The output '{self._output}' of '{self._path}' has the shape {shape}, not one "
                'vector for each picture. Name another output in the JSON file beside it: {"output": ...}.',
                field="encoder",
            )
        return np.asarray(found, np.float32).reshape(len(images), shape[1])[:n]


def _beside(path: Path) -> Beside:
    try:
        return Beside.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return Beside()
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the file"
        raise Invalid(f"'{path}' is wrong at {place}: {first['msg']}.", field="encoder") from error
    except OSError as error:
        raise Invalid(f"'{path}' cannot be read: {error.strerror}.", field="encoder") from error


def _refuse_external(content: bytes, path: Path) -> None:
    """Weights in a second file would be found from wherever the process runs, and escape the hash."""
    import onnx
    from google.protobuf.message import DecodeError

    try:
        model = onnx.load_model_from_string(content)
    except DecodeError as error:
        raise Invalid(f"'{path}' is no ONNX file.", field="encoder") from error
    if any(tensor.data_location == onnx.TensorProto.EXTERNAL for tensor in model.graph.initializer):
        raise Invalid(
            f"'{path}' keeps its weights in a second file. Save the model as one file.", field="encoder"
        )


def _session(content: bytes, path: Path) -> "onnxruntime.InferenceSession":
    try:
        return open_session(content)
    except _errors() as error:
        raise Invalid(f"'{path}' cannot be opened as a network: {_brief(error)}", field="encoder") from error


def _one(inputs: list[Any], path: Path) -> list[Any]:
    if len(inputs) != 1:
        names = ", ".join(one.name for one in inputs)
        raise Invalid(
            f"The network in '{path}' has {len(inputs)} inputs ({names}), not one.", field="encoder"
        )
    return inputs


def _layout(shape: list[int | str | None], size: int | None, path: Path) -> tuple[bool, int, int]:
    """Return whether channels come first, how many pictures it takes at once, and their side."""
    if len(shape) != 4 or 3 not in (shape[1], shape[3]):
        raise Invalid(
            f"The network in '{path}' takes the shape {shape}, not pictures (n, 3, s, s) or (n, s, s, 3).",
            field="encoder",
        )
    first = shape[1] == 3
    sides = {side for side in (shape[2:] if first else shape[1:3]) if isinstance(side, int) and side > 0}
    wanted = size or next(iter(sides), _DEFAULT_SIZE)
    if sides - {wanted}:
        raise Invalid(
            f"The network in '{path}' takes pictures of the shape {shape}, not squares of {wanted} pixels.",
            field="encoder",
        )
    batch = shape[0]
    return first, batch if isinstance(batch, int) and batch > 0 else 1, wanted


def _output(session: "onnxruntime.InferenceSession", wanted: str | None, path: Path) -> str:
    names = [output.name for output in session.get_outputs()]
    if wanted is not None and wanted not in names:
        raise Invalid(
            f"The network in '{path}' has no output '{wanted}'. It has: {', '.join(names)}.", field="encoder"
        )
    return wanted or str(names[0])


def _errors() -> tuple[type[Exception], ...]:
    """Return what onnxruntime raises on a bad model; its errors have no common base of their own."""
    from onnxruntime.capi import onnxruntime_pybind11_state as state

    names = (
        "Fail",
        "InvalidArgument",
        "InvalidGraph",
        "InvalidProtobuf",
        "NotImplemented",
        "RuntimeException",
    )
    return (*(getattr(state, name) for name in names), RuntimeError, ValueError)


def _brief(error: Exception) -> str:
    return " ".join(str(error).split())[:300]
