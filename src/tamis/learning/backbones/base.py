"""What a backbone is: normalised images in, features out."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import ClassVar

import torch
from torch import Tensor, nn

from tamis.model.errors import Invalid

_registry: dict[str, type["Backbone"]] = {}


class Backbone(nn.Module, ABC):
    """A subclass with a `name` registers itself under it; `dimension` is that of its features."""

    name: ClassVar[str]
    dimension: int
    needs_weights: ClassVar[bool] = False
    """Whether it is too large to begin with weights drawn by chance."""
    mixed_precision: bool = False
    """Whether training multiplies in bfloat16; weights, losses and all that encodes stay in float32."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "name" in vars(cls):
            if cls.name in _registry:
                raise ValueError(f"Two backbones are named {cls.name!r}.")
            _registry[cls.name] = cls

    def early(self) -> Sequence[nn.Module]:
        """Return the first layers, which stay as they are when a pretrained network is adapted."""
        return ()

    def adopt(self, weights: Mapping[str, Tensor]) -> None:
        """Begin with weights that were learned before, by name; RuntimeError where they do not fit."""
        self.load_state_dict(dict(weights))

    def prefers_bfloat16(self, device: torch.device) -> bool:
        """Tell whether training is faster in bfloat16, for which many devices have no instructions."""
        if device.type == "cpu":
            found: dict[str, bool] = getattr(torch.cpu, "get_capabilities", dict)()  # older torch has none
            return bool(found.get("avx512_bf16") or found.get("amx_bf16"))
        return device.type == "cuda" and torch.cuda.get_device_capability(device) >= (8, 0)

    def check_side(self, side: int) -> None:
        """Refuse with Invalid the images of a side that this network cannot take."""

    def __call__(self, images: Tensor) -> Tensor:
        """Turn images (n, 3, s, s) into features (n, dimension), float32."""
        with torch.autocast(
            images.device.type, torch.bfloat16, enabled=self.mixed_precision and self.training
        ):
            features: Tensor = super().__call__(images)
        return features.float()

    @abstractmethod
    def forward(self, images: Tensor) -> Tensor:
        """Turn images (n, 3, s, s) into features (n, dimension)."""


class Bottleneck(Backbone):
    """A backbone and a linear layer down to few features, learned together with it."""

    def __init__(self, inner: Backbone, dimension: int) -> None:
        super().__init__()
        self.inner, self.dimension = inner, dimension
        self.narrow = nn.Linear(inner.dimension, dimension, bias=False)

    def early(self) -> Sequence[nn.Module]:
        """Return the first layers of the backbone."""
        return self.inner.early()

    def adopt(self, weights: Mapping[str, Tensor]) -> None:
        """Give the backbone its weights; the layer on top is new."""
        self.inner.adopt(weights)

    def prefers_bfloat16(self, device: torch.device) -> bool:
        """Do as the backbone does."""
        return self.inner.prefers_bfloat16(device)

    def check_side(self, side: int) -> None:
        """Refuse what the backbone refuses."""
        self.inner.check_side(side)

    def forward(self, images: Tensor) -> Tensor:
        """Turn images (n, 3, s, s) into features (n, dimension)."""
        features: Tensor = self.narrow(self.inner(images))
        return features


def channels_last(module: nn.Module) -> None:
    """Lay the weights out so that the channels of a pixel lie together: half the time on a processor, too."""
    for parameter in module.parameters():
        if parameter.ndim == 4:
            parameter.data = parameter.data.contiguous(memory_format=torch.channels_last)


def backbone_names() -> list[str]:
    """Return the names of all backbones."""
    return sorted(_registry)


def make_backbone(name: str, bottleneck: int | None = None) -> Backbone:
    """Make a network with weights drawn by chance, and with a bottleneck of so many features on top.

    Raises:
        Invalid: there is none of this name.
    """
    if name not in _registry:
        raise Invalid(
            f"There is no backbone {name!r}. There are: {', '.join(backbone_names())}.", field="backbone"
        )
    backbone = _registry[name]()
    return backbone if bottleneck is None else Bottleneck(backbone, bottleneck)
