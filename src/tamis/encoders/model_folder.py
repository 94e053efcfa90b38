"""A folder with a network as the Hub of Hugging Face has them: config.json and safetensors, read as data.

What runs the network differs, and gets these data only: no name, no folder and no address to open.
"""

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tamis.encoders.base import Encoder, Images, Vectors
from tamis.encoders.preprocessor import Preparation
from tamis.encoders.weights_file import read_weights
from tamis.model.digest import Json, digest_of
from tamis.model.errors import Invalid

CONFIG = "config.json"
WEIGHTS, SHARDS = "model.safetensors", "model.safetensors.index.json"
KEEPS: tuple[str, ...] = (CONFIG, SHARDS, "model*.safetensors")
_SHARD = re.compile(r"model[\w.-]*\.safetensors")


class Network(Protocol):
    """What runs it: planes (n, 3, s, s) in, vectors (n, d) out; `facts` is kept with them."""

    facts: dict[str, Json]

    def features(self, pictures: NDArray[np.float32]) -> NDArray[np.float32]:
        """Encode prepared pictures; any number of threads may call it at once."""


@dataclass(frozen=True)
class ModelFolder:
    """What was read of a folder; `weights` is that of the file, or of the JSON list of its shards' hashes."""

    path: Path
    config: dict[str, Json]
    config_sha256: str
    contents: list[bytes]
    weights: str


class FolderEncoder(Encoder):
    """Each picture is a batch of its own, so no vector depends on another."""

    takes = "FOLDER"
    folder = "encoders"
    keeps = KEEPS
    batch_size = 1

    def __init__(
        self, cache_folder: Path, found: ModelFolder, preparation: Preparation, network: Network
    ) -> None:
        """Try the network on one black picture, to learn what comes out."""
        super().__init__(cache_folder)
        self.name = f"{self.scheme}:{found.path.absolute().name}"
        self.input_size, self.weights = preparation.size, found.weights
        # The configuration says how the weights are used, and is not among them.
        self.preprocessing = preparation.facts() | {"config": found.config_sha256} | network.facts
        self._preparation, self._network = preparation, network
        tried = self._encode_batch(np.zeros((1, self.input_size, self.input_size, 3), np.uint8))
        if tried.ndim != 2 or not tried.shape[1]:
            raise Invalid(
                f"The network in '{found.path}' gives the shape {tried.shape} for one picture, not (1, d).",
                field="encoder",
            )
        if not np.isfinite(tried).all():
            raise Invalid(f"The network in '{found.path}' gives values that are not finite.", field="encoder")
        self.dimension = tried.shape[1]

    def _encode_batch(self, images: Images) -> Vectors:
        return self._network.features(self._preparation.apply(images))


def read_folder(path: Path) -> ModelFolder:
    """Read what an encoder needs of a folder, and nothing else in it.

    Raises:
        Invalid: something is missing or damaged.
    """
    if not path.is_dir():
        raise Invalid(
            f"There is no folder '{path}'. Nothing is downloaded: put {CONFIG}, {WEIGHTS} and what else the "
            "model came with there.",
            field="encoder",
        )
    config = read_weights(path / CONFIG)
    contents = [read_weights(path / name) for name in _shards(path)]
    hashes = [hashlib.sha256(content).hexdigest() for content in contents]
    together = hashes[0] if len(hashes) == 1 else digest_of(list(hashes))
    settings = _object(config, path / CONFIG)
    return ModelFolder(path, settings, hashlib.sha256(config).hexdigest(), contents, together)


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
