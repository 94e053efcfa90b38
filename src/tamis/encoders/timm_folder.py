"""A model of timm in a folder of Hugging Face: safetensors, and config.json for all the rest."""

import math
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field, ValidationError

from tamis.encoders.model_folder import CONFIG, FolderEncoder, ModelFolder, Network, read_folder
from tamis.encoders.preprocessor import Channels, Positive, Preparation, scaled
from tamis.model.errors import Invalid, Unavailable

_NEEDED = {"torch", "safetensors", "timm", "torchvision"}
Side = Annotated[int, Field(ge=1, le=4096)]


class _Prepared(BaseModel):
    """The part of `pretrained_cfg` that says how pictures are prepared; timm squashes or cuts the middle."""

    input_size: tuple[Literal[3], Side, Side]
    crop_pct: Annotated[float, Field(ge=0.1, le=1)] = 0.875
    crop_mode: Literal["center", "squash"] = "center"
    mean: Channels
    std: tuple[Positive, Positive, Positive]


class TimmFolder(FolderEncoder):
    """Run by the library timm."""

    scheme = "timm"
    title = "A model of timm, from a folder"
    packages = ("torch", "timm")

    @classmethod
    def opened(cls, rest: str, cache_folder: Path) -> Self:
        """Open the folder `rest`."""
        found = read_folder(Path(rest))
        return cls(cache_folder, found, read_preparation(found), _load(found))


def read_preparation(found: ModelFolder) -> Preparation:
    """Return how pictures are prepared for the model in a folder.

    Raises:
        Invalid: the folder does not say it, or says something that is not done here.
    """
    try:
        asked = _Prepared.model_validate(found.config.get("pretrained_cfg"))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(["pretrained_cfg", *(str(part) for part in first["loc"])])
        raise Invalid(
            f"'{found.path / CONFIG}' is wrong at {place}: {first['msg']}.", field="encoder"
        ) from error
    _, crop, width = asked.input_size
    if crop != width:
        raise Invalid(
            f"The model in '{found.path}' takes pictures of {crop} x {width} pixels, not squares.",
            field="encoder",
        )
    size = math.floor(crop / asked.crop_pct)
    return Preparation(size, crop, scaled(asked.mean, 1 / 255), scaled(asked.std, 1 / 255))


def _load(found: ModelFolder) -> Network:
    try:
        from tamis.learning.timm_model import load_timm

        return load_timm(found.config, found.contents, str(found.path))
    except ModuleNotFoundError as error:
        if error.name not in _NEEDED:
            raise
        raise Unavailable(
            f"The encoder 'timm:{found.path}' needs {error.name}, which is not installed: "
            'pip install "tamis[timm]"'
        ) from error
