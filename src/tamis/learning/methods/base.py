"""What a method is: a backbone, what it needs on top, and a loss over views. The loop knows no method."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import ClassVar

from torch import Tensor, nn

from tamis.learning.backbones import Backbone
from tamis.learning.settings import TrainingSettings
from tamis.model.errors import Invalid

_registry: dict[str, type["Method"]] = {}
_COMMON = sorted(
    set(TrainingSettings.model_fields)
    - {"method", "backbone", "weights", "parameters", "augmentation", "seed", "epochs", "steps", "minutes"}
)
_LEAST = {"temperature": 1e-3, "teacher_temperature": 1e-3, "queue": 1, "prototypes": 1}
_MOST = {"momentum": 1, "center_momentum": 1, "label_smoothing": 1}


class Method(nn.Module, ABC):
    """A subclass registers itself under its `name`; `defaults` are its own parameters."""

    name: ClassVar[str]
    title: ClassVar[str]
    n_views: ClassVar[int] = 2
    defaults: ClassVar[Mapping[str, float]] = {}

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if cls.name in _registry:
            raise ValueError(f"Two methods are named {cls.name!r}.")
        _registry[cls.name] = cls

    def __init__(self, backbone: Backbone, settings: TrainingSettings, n_images: int) -> None:
        super().__init__()
        unknown = sorted(set(settings.parameters) - set(self.defaults))
        if unknown:
            known = ", ".join(self.defaults) or "none"
            raise Invalid(
                f"The method {self.name} has no parameter {unknown[0]!r}. It has: {known}. Every method has: "
                f"{', '.join(_COMMON)}.",
                field="set",
            )
        for name, value in settings.parameters.items():
            least, most = _LEAST.get(name, 0), _MOST.get(name, 1e6)
            if not least <= value <= most:
                raise Invalid(
                    f"{name} cannot be {value:g}: it has to be from {least:g} to {most:g}.", field="set"
                )
        self.backbone = backbone
        self.settings = settings
        self.values = dict(self.defaults) | settings.parameters

    @abstractmethod
    def loss(self, views: list[Tensor], positions: Tensor) -> Tensor:
        """Return the loss, a scalar, of `n_views` views (n, 3, s, s) of the images at positions (n,)."""

    def imprint(self, features: Tensor) -> None:
        """Begin with what a pretrained backbone knows: its features (n_images, dimension), by position."""

    def after_step(self, fraction: float) -> None:
        """Do what follows a step of the optimizer; `fraction` of the budget, 0 to 1, is used up."""


def method_names() -> list[str]:
    """Return the names of all methods."""
    return sorted(_registry)


def make_method(settings: TrainingSettings, backbone: Backbone, n_images: int) -> Method:
    """Make the method that the settings name, on top of a backbone.

    Raises:
        Invalid: there is none of this name, it has no such parameter, or the backbone takes no such images.
    """
    if settings.method not in _registry:
        raise Invalid(
            f"There is no method {settings.method!r}. There are: {', '.join(method_names())}.", field="method"
        )
    backbone.check_side(settings.input_size)
    return _registry[settings.method](backbone, settings, n_images)


def projector(inside: int, *widths: int) -> nn.Sequential:
    """Make linear layers with batch norm and ReLU between them."""
    layers: list[nn.Module] = []
    for width in widths[:-1]:
        layers += [nn.Linear(inside, width, bias=False), nn.BatchNorm1d(width), nn.ReLU(inplace=True)]
        inside = width
    return nn.Sequential(*layers, nn.Linear(inside, widths[-1], bias=False))
