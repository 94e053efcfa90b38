"""What a backbone is: normalised images in, features out."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar

import torch
from torch import Tensor, nn

from tamis.model.errors import Invalid

_registry: dict[str, type["Backbone"]] = {}


class Backbone(nn.Module, ABC):
    """A subclass with a `name` registers itself under it; `dimension` is that of its features."""

    name: ClassVar[str]
    dimension: int

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "name" in vars(cls):
            if cls.name in _registry:
                raise ValueError(f"Two backbones are named {cls.name!r}.")
            _registry[cls.name] = cls

    def early(self) -> Sequence[nn.Module]:
        """Return the first layers, which stay as they are when a pretrained network is adapted."""
        return ()

    @abstractmethod
    def forward(self, images: Tensor) -> Tensor:
        """Turn images (n, 3, s, s) into features (n, dimension)."""


def channels_last(module: nn.Module) -> None:
    """Lay the weights out so that the channels of a pixel lie together: half the time on a processor, too."""
    for parameter in module.parameters():
        if parameter.ndim == 4:
            parameter.data = parameter.data.contiguous(memory_format=torch.channels_last)


def backbone_names() -> list[str]:
    """Return the names of all backbones."""
    return sorted(_registry)


def make_backbone(name: str) -> Backbone:
    """Make a network with weights drawn by chance.

    Raises:
        Invalid: there is none of this name.
    """
    if name not in _registry:
        raise Invalid(
            f"There is no backbone {name!r}. There are: {', '.join(backbone_names())}.", field="backbone"
        )
    return _registry[name]()
