"""How views of an image may differ: each kind of change has a switch and a strength.

What the augmentation changes, the vectors learn to pass over. So it is the one choice that decides what they
are good for: do not change the colour of leaves that are told apart by their colour.
"""

from typing import Annotated, Self

from pydantic import Field, ValidationError, model_validator

from tamis.model.digest import Json
from tamis.model.errors import Invalid
from tamis.model.noun import Noun

Probability = Annotated[float, Field(ge=0, le=1)]
Share = Annotated[float, Field(ge=0, le=1)]


class Crop(Noun):
    """A part of the image, between the two shares of its area, its sides up to `ratio` to 1."""

    probability: Probability = 1.0
    min_scale: Annotated[float, Field(gt=0, le=1)] = 0.3
    max_scale: Annotated[float, Field(gt=0, le=1)] = 1.0
    ratio: Annotated[float, Field(ge=1, le=4)] = 1.333

    @model_validator(mode="after")
    def _least_first(self) -> Self:
        if self.min_scale > self.max_scale:
            raise ValueError(f"min_scale is {self.min_scale:g} and max_scale only {self.max_scale:g}")
        return self


class Flip(Noun):
    """A mirror image."""

    probability: Probability = 0.5


class Rotation(Noun):
    """A turn by up to `degrees` either way, after one by 0, 90, 180 or 270 degrees with `quarter_turns`."""

    probability: Probability = 0.0
    degrees: Annotated[float, Field(ge=0, le=180)] = 15.0
    quarter_turns: bool = False


class Jitter(Noun):
    """Brightness, contrast and saturation times 1 - s to 1 + s; hue turned by up to s of half a circle."""

    probability: Probability = 0.8
    brightness: Share = 0.4
    contrast: Share = 0.4
    saturation: Share = 0.4
    hue: Share = 0.1


class Gray(Noun):
    """Without colour."""

    probability: Probability = 0.2


class Blur(Noun):
    """A Gaussian blur, its deviation up to so many hundredths of the side."""

    probability: Probability = 0.3
    strength: Annotated[float, Field(ge=0, le=5)] = 2.0


class Solarize(Noun):
    """Values above the threshold, of 0 to 1, are turned around."""

    probability: Probability = 0.0
    threshold: Share = 0.5


class Noise(Noun):
    """Gaussian noise of up to this deviation, of values from 0 to 1."""

    probability: Probability = 0.0
    deviation: Share = 0.05


class Cutout(Noun):
    """A grey square of this share of the side."""

    probability: Probability = 0.0
    size: Share = 0.3


class Augmentation(Noun):
    """All the switches; the defaults are those of `natural`."""

    crop: Crop = Crop()
    hflip: Flip = Flip()
    vflip: Flip = Flip(probability=0)
    rotation: Rotation = Rotation()
    jitter: Jitter = Jitter()
    gray: Gray = Gray()
    blur: Blur = Blur()
    solarize: Solarize = Solarize()
    noise: Noise = Noise()
    cutout: Cutout = Cutout()

    def told(self) -> str:
        """Say in a line how often each change happens."""
        shares = {name: group["probability"] for name, group in self.model_dump().items()}
        on = [f"{name} {share:.0%}" for name, share in shares.items() if share > 0]
        return "How often: " + ", ".join(on) if on else "No change at all"


_NO_COLOR = {"jitter": Jitter(brightness=0.2, contrast=0.2, saturation=0, hue=0), "gray": Gray(probability=0)}
_TURNS = {"vflip": Flip(), "rotation": Rotation(probability=1, degrees=0, quarter_turns=True)}

PRESETS: dict[str, Augmentation] = {
    "natural": Augmentation(),
    "color-matters": Augmentation(**_NO_COLOR),
    "texture": Augmentation(crop=Crop(min_scale=0.5), blur=Blur(probability=0), **_TURNS),
    "aerial": Augmentation(crop=Crop(min_scale=0.4), gray=Gray(probability=0.1), **_TURNS),
    "medical": Augmentation(
        crop=Crop(min_scale=0.5), rotation=Rotation(probability=0.5), noise=Noise(probability=0.3),
        **_NO_COLOR,
    ),
    "none": Augmentation(
        crop=Crop(probability=0), hflip=Flip(probability=0), jitter=Jitter(probability=0),
        gray=Gray(probability=0), blur=Blur(probability=0),
    ),
}  # fmt: skip


def preset(name: str) -> Augmentation:
    """Return a preset by its name.

    Raises:
        Invalid: there is none of this name.
    """
    if name not in PRESETS:
        raise Invalid(
            f"There is no augmentation {name!r}. There are: {', '.join(PRESETS)}.", field="augmentation"
        )
    return PRESETS[name]


def changed(augmentation: Augmentation, name: str, value: Json) -> Augmentation:
    """Return the augmentation with one strength changed, as in `jitter.hue`.

    Raises:
        Invalid: there is no such name, or it cannot have this value.
    """
    group, _, field = name.partition(".")
    values = augmentation.model_dump()
    if group not in values or field not in values[group]:
        known = ", ".join(f"{one}.{each}" for one, inner in values.items() for each in inner)
        raise Invalid(f"The augmentation has no {name!r}. It has: {known}.", field="set")
    values[group][field] = value
    try:
        return Augmentation.model_validate(values)
    except ValidationError as error:
        raise Invalid(f"{name} cannot be {value!r}: {error.errors()[0]['msg']}.", field="set") from error
