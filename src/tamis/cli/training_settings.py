"""From the options of `tamis train` to the settings of a run."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from tamis.cli.output import Usage
from tamis.model.digest import Json

if TYPE_CHECKING:
    from tamis.learning.settings import TrainingSettings

DEFAULT_MINUTES = 10.0
PRETRAINED = "lite0"
# What adapting a pretrained network does differently from training one from nothing.
_METHODS = {True: "diet", False: "simclr"}
_BUDGETS = ("epochs", "steps", "minutes")


def build(given: Mapping[str, Json], changes: tuple[str, ...]) -> "TrainingSettings":
    """Return the settings: the options that were named, then each `--set NAME=VALUE`, then the defaults.

    Raises:
        Usage: there is no such setting, or it cannot have this value.
    """
    from pydantic import ValidationError

    from tamis.learning.augmentation import changed, preset
    from tamis.learning.settings import TrainingSettings
    from tamis.model.errors import Invalid, sentence_of

    values: dict[str, Json] = {"backbone": PRETRAINED, **given}
    adapts = values["backbone"] == PRETRAINED or "weights" in values
    values.setdefault("method", _METHODS[adapts])
    if not any(name in values for name in _BUDGETS):
        values["minutes"] = DEFAULT_MINUTES
    try:
        augmentation = preset(str(values.pop("augmentation", "natural")))
        parameters: dict[str, Json] = {}
        for name, value in map(_pair, changes):
            if "." in name:
                augmentation = changed(augmentation, name, value)
            elif name == "weights":
                raise Usage("The weights to begin with are named by --weights.", field="set")
            elif name in TrainingSettings.model_fields:
                values[name] = value
            else:
                parameters[name] = value
        settings = TrainingSettings.model_validate(
            values | {"parameters": parameters, "augmentation": augmentation.model_dump()}
        )
        check(settings)
    except Invalid as error:
        raise Usage(error.message, field=error.field) from error
    except ValidationError as error:
        first = error.errors()[0]
        raise Usage(sentence_of(first["loc"], first["msg"])) from error
    return settings


def check(settings: "TrainingSettings") -> None:
    """Refuse a method, a backbone or a parameter that does not exist, before any image is read.

    Raises:
        Invalid: there is none, or the backbone needs weights.
    """
    from tamis.learning.backbones import make_backbone
    from tamis.learning.methods import make_method
    from tamis.model.errors import Invalid

    backbone = make_backbone(settings.backbone)
    if backbone.needs_weights and settings.weights is None:
        raise Invalid(
            f"{settings.backbone} is too large to begin with nothing. Name a file of its published weights "
            "with --weights, or take --backbone vit-small.",
            field="backbone",
        )
    make_method(settings, backbone, 2)


def _pair(text: str) -> tuple[str, Json]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise Usage(f"--set takes NAME=VALUE, not '{text}'.", field="set")
    try:
        parsed: Json = json.loads(value)
    except ValueError:
        parsed = value
    return name, parsed
