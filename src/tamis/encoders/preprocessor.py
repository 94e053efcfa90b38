"""What a `preprocessor_config.json` of Hugging Face asks for, done with our own squares.

Our squares are squashed, aspect ratio not kept. So a shortest edge of s becomes a square of s, and a crop in
its middle sees the same share of each side. For a picture that is square, that is what transformers does.
"""

from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tamis.model.digest import Json
from tamis.model.errors import Invalid

Channels = tuple[float, float, float]
Positive = Annotated[float, Field(gt=0)]
Side = Annotated[int, Field(ge=1, le=4096)]

_KNOWN_STEPS = {"resize", "rescale", "normalize", "center_crop", "convert_rgb", "reduce_labels"}
"""What follows `do_`; the last one is about labels, which encoders have none of."""
_CONVNEXT = ("ConvNext", 224 / 256, 384)
"""That family of preprocessors, its share of a picture unless told, and the side from which it is all."""


@dataclass(frozen=True)
class Preparation:
    """Squares of `size`, of which the middle `crop` counts, as (value - subtract) / divide on 0 to 255."""

    size: int
    crop: int
    subtract: Channels
    divide: Channels

    def facts(self) -> dict[str, Json]:
        """Return what is kept with the vectors."""
        return {
            "color": "rgb",
            "size": self.size,
            "crop": self.crop,
            "subtract": list(self.subtract),
            "divide": list(self.divide),
        }

    def apply(self, images: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Turn squares (n, size, size, 3) into planes (n, 3, crop, crop)."""
        first = (self.size - self.crop) // 2
        middle = images[:, first : first + self.crop, first : first + self.crop]
        made = (middle - np.array(self.subtract, np.float32)) / np.array(self.divide, np.float32)
        return np.ascontiguousarray(made.transpose(0, 3, 1, 2), np.float32)


class _Sides(BaseModel):
    """A square, by one of the ways to write it."""

    model_config = ConfigDict(extra="forbid")
    height: Side | None = None
    width: Side | None = None
    shortest_edge: Side | None = None

    def side(self) -> int | None:
        """Return the side, or None where this is no square."""
        if self.shortest_edge is not None:
            return self.shortest_edge if self.height is None and self.width is None else None
        return self.height if self.height == self.width else None


class _Asked(BaseModel):
    model_config = ConfigDict(extra="allow")
    image_processor_type: str = ""
    feature_extractor_type: str = ""
    size: Side | _Sides | None = None
    crop_size: Side | _Sides | None = None
    crop_pct: Annotated[float, Field(ge=0.1, le=1)] | None = None
    do_resize: bool = True
    do_center_crop: bool = False
    do_rescale: bool = True
    do_normalize: bool = True
    rescale_factor: Positive = 1 / 255
    image_mean: Channels | None = None
    image_std: tuple[Positive, Positive, Positive] | None = None


def read_preparation(content: bytes, file: str) -> Preparation:
    """Read the file.

    Raises:
        Invalid: it is damaged, or asks for something that is not done here; the message names `file`.
    """
    try:
        asked = _Asked.model_validate_json(content)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the file"
        raise Invalid(f"'{file}' is wrong at {place}: {first['msg']}.", field="encoder") from error
    _check_steps(asked.model_dump(), file)
    size, crop = _sides(asked, file)
    mean, deviation = (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)
    if asked.do_normalize:
        if asked.image_mean is None or asked.image_std is None:
            raise Invalid(f"'{file}' has no image_mean or no image_std.", field="encoder")
        mean, deviation = asked.image_mean, asked.image_std
    factor = asked.rescale_factor if asked.do_rescale else 1.0
    return Preparation(size, crop, scaled(mean, factor), scaled(deviation, factor))


def _check_steps(asked: dict[str, Any], file: str) -> None:
    for name, wanted in asked.items():
        if name.startswith("do_") and wanted and name.removeprefix("do_") not in _KNOWN_STEPS:
            raise Invalid(
                f"'{file}' asks for {name}, which Tamis does not do. Export the network, with this step "
                "inside, to a file for onnx:FILE.",
                field="encoder",
            )


def _sides(asked: _Asked, file: str) -> tuple[int, int]:
    """Return the side of the squares, and that of the middle which counts."""
    size = _side(asked.size, "size", file)
    family, share, whole = _CONVNEXT
    if (asked.image_processor_type or asked.feature_extractor_type).startswith(family):
        return (size, size) if size >= whole else (int(size / (asked.crop_pct or share)), size)
    if not asked.do_center_crop:
        return size, size
    crop = _side(asked.crop_size, "crop_size", file)
    if crop > size:
        raise Invalid(f"'{file}' cuts {crop} pixels out of {size}.", field="encoder")
    return size, crop


def _side(given: int | _Sides | None, name: str, file: str) -> int:
    side = given.side() if isinstance(given, _Sides) else given
    if side is None:
        raise Invalid(f"'{file}' says no {name} that is a square, by one number of pixels.", field="encoder")
    return side


def scaled(values: Channels, factor: float) -> Channels:
    """Return values on a scale of their own on that of 0 to 255, to six digits."""
    red, green, blue = (round(value / factor, 6) for value in values)
    return red, green, blue
