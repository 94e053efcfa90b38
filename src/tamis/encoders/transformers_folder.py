"""A vision model in a folder of Hugging Face: config.json, preprocessor_config.json and safetensors.

The files are read here and handed on as data; see `learning/transformers_model.py` for what runs them.
"""

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np

from tamis.encoders.base import Encoder, Images, Vectors
from tamis.encoders.preprocessor import Preparation, read_preparation
from tamis.encoders.weights_file import read_weights
from tamis.model.digest import Json, digest_of
from tamis.model.errors import Invalid, Unavailable

if TYPE_CHECKING:
    from tamis.learning.transformers_model import PretrainedModel

CONFIG, PREPROCESSOR = "config.json", "preprocessor_config.json"
WEIGHTS, SHARDS = "model.safetensors", "model.safetensors.index.json"
_SHARD = re.compile(r"model[\w.-]*\.safetensors")
_NEEDED = {"torch", "safetensors", "transformers", "huggingface_hub"}


@dataclass(frozen=True)
class ModelFolder:
    """What was read of a folder; `sha256` is that of the weights file, or of the JSON list of its shards'."""

    path: Path
    config: dict[str, Json]
    config_sha256: str
    preparation: Preparation
    weights: list[bytes]
    sha256: str


class TransformersFolder(Encoder):
    """Each picture is a batch of its own, so no vector depends on another."""

    scheme = "transformers"
    title = "A vision model of Hugging Face, from a folder"
    takes = "FOLDER"
    folder = "encoders"
    keeps = (CONFIG, PREPROCESSOR, SHARDS, "model*.safetensors")
    batch_size = 1

    @classmethod
    def opened(cls, rest: str, cache_folder: Path) -> Self:
        """Open the folder `rest`, and try it on one black picture to learn what comes out."""
        found = read_folder(Path(rest))
        return cls(cache_folder, found, _load(found))

    def __init__(self, cache_folder: Path, found: ModelFolder, model: "PretrainedModel") -> None:
        super().__init__(cache_folder)
        self.name = f"{self.scheme}:{found.path.absolute().name}"
        self.input_size, self.weights = found.preparation.size, found.sha256
        self.preprocessing = found.preparation.facts() | {
            "config": found.config_sha256,  # it says how the weights are used, and is not among them
            "pooled": model.pooled,
            "transformers": int(model.version.partition(".")[0]),
        }
        self._preparation, self._model = found.preparation, model
        tried = self._encode_batch(np.zeros((1, self.input_size, self.input_size, 3), np.uint8))
        self.dimension = tried.shape[1]
        if not np.isfinite(tried).all():
            raise Invalid(f"The model in '{found.path}' gives values that are not finite.", field="encoder")

    def _encode_batch(self, images: Images) -> Vectors:
        return self._model.features(self._preparation.apply(images))


def read_folder(path: Path) -> ModelFolder:
    """Read what an encoder needs of a folder, and nothing else in it.

    Raises:
        Invalid: something is missing or damaged.
    """
    if not path.is_dir():
        raise Invalid(
            f"There is no folder '{path}'. Nothing is downloaded: put {CONFIG}, {PREPROCESSOR} and {WEIGHTS} "
            "there.",
            field="encoder",
        )
    config = read_weights(path / CONFIG)
    preparation = read_preparation(read_weights(path / PREPROCESSOR), str(path / PREPROCESSOR))
    names = _shards(path)
    contents = [read_weights(path / name) for name in names]
    hashes = [hashlib.sha256(content).hexdigest() for content in contents]
    together = hashes[0] if len(hashes) == 1 else digest_of(list(hashes))
    settings = _object(config, path / CONFIG)
    return ModelFolder(path, settings, hashlib.sha256(config).hexdigest(), preparation, contents, together)


def _shards(path: Path) -> list[str]:
    """Return the names of the weights files, in order."""
    if (path / WEIGHTS).exists():
        return [WEIGHTS]
    if not (path / SHARDS).exists():
        pickled = any(path.glob("*.bin")) or any(path.glob("*.pt*"))
        why = " The weights there are pickled, and opening them would run what is in them." if pickled else ""
        raise Invalid(f"There is no {WEIGHTS} in '{path}'.{why}", field="encoder")
    places = _object(read_weights(path / SHARDS), path / SHARDS).get("weight_map")
    names = sorted({str(name) for name in places.values()}) if isinstance(places, dict) else []
    if not names or not all(_SHARD.fullmatch(name) for name in names):
        raise Invalid(f"'{path / SHARDS}' does not name files like {WEIGHTS} beside it.", field="encoder")
    return names


def _object(content: bytes, path: Path) -> dict[str, Json]:
    try:
        found = json.loads(content)
    except ValueError as error:
        raise Invalid(f"'{path}' is no JSON: {error}.", field="encoder") from error
    if not isinstance(found, dict):
        raise Invalid(f"'{path}' holds no JSON object.", field="encoder")
    return found


def _load(found: ModelFolder) -> "PretrainedModel":
    try:
        from tamis.learning.transformers_model import load_pretrained

        return load_pretrained(found.config, found.weights, str(found.path))
    except ModuleNotFoundError as error:
        if error.name not in _NEEDED:
            raise
        raise Unavailable(
            f"The encoder 'transformers:{found.path}' needs {error.name}, which is not installed: "
            'pip install "tamis[transformers]"'
        ) from error
