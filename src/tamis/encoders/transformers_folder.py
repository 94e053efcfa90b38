"""A vision model in a folder of Hugging Face: config.json, preprocessor_config.json and safetensors."""

from pathlib import Path
from typing import Self

from tamis.encoders.model_folder import KEEPS, FolderEncoder, ModelFolder, Network, read_folder
from tamis.encoders.preprocessor import read_preparation
from tamis.encoders.weights_file import read_weights
from tamis.model.errors import Unavailable

PREPROCESSOR = "preprocessor_config.json"
_NEEDED = {"torch", "safetensors", "transformers", "huggingface_hub"}


class TransformersFolder(FolderEncoder):
    """Run by the library transformers."""

    scheme = "transformers"
    title = "A vision model of Hugging Face, from a folder"
    packages = ("torch", "transformers")
    keeps = (*KEEPS, PREPROCESSOR)

    @classmethod
    def opened(cls, rest: str, cache_folder: Path) -> Self:
        """Open the folder `rest`."""
        found = read_folder(Path(rest))
        file = found.path / PREPROCESSOR
        return cls(cache_folder, found, read_preparation(read_weights(file), str(file)), _load(found))


def _load(found: ModelFolder) -> Network:
    try:
        from tamis.learning.transformers_model import load_pretrained

        return load_pretrained(found.config, found.contents, str(found.path))
    except ModuleNotFoundError as error:
        if error.name not in _NEEDED:
            raise
        raise Unavailable(
            f"The encoder 'transformers:{found.path}' needs {error.name}, which is not installed: "
            'pip install "tamis[transformers]"'
        ) from error
