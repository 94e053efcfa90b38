"""Residual networks: He et al. (2016), https://arxiv.org/abs/1512.03385, with stride 2 in the 3 x 3 layer."""

from collections.abc import Sequence
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn.functional import relu

from tamis.learning.backbones.base import Backbone


class Block(nn.Module):
    """Two 3 x 3 layers, or with `narrow` 1 x 1, 3 x 3, 1 x 1; the input is added to what they give."""

    def __init__(self, inside: int, width: int, stride: int, *, narrow: bool = False) -> None:
        super().__init__()
        outside = 4 * width if narrow else width
        shape = [(inside, width, 1, 1), (width, width, 3, stride), (width, outside, 1, 1)]
        if not narrow:
            shape = [(inside, width, 3, stride), (width, width, 3, 1)]
        self.layers = nn.ModuleList(layer(*one) for one in shape)
        nn.init.zeros_(self.layers[-1][1].weight)  # type: ignore[index]
        self.shortcut = (
            nn.Identity() if inside == outside and stride == 1 else layer(inside, outside, 1, stride)
        )

    def forward(self, x: Tensor) -> Tensor:
        """Turn (n, inside, h, w) into (n, outside, h / stride, w / stride)."""
        made = x
        for layer in self.layers[:-1]:
            made = relu(layer(made))
        return relu(self.layers[-1](made) + self.shortcut(x))


def layer(inside: int, outside: int, kernel: int, stride: int) -> nn.Sequential:
    """Make a convolution and its batch norm."""
    convolution = nn.Conv2d(inside, outside, kernel, stride, kernel // 2, bias=False)
    nn.init.kaiming_normal_(convolution.weight, mode="fan_out", nonlinearity="relu")
    return nn.Sequential(convolution, nn.BatchNorm2d(outside))


class _ResNet(Backbone):
    depths: ClassVar[Sequence[int]]
    narrow: ClassVar[bool] = False

    def __init__(self) -> None:
        super().__init__()
        self.stem = layer(3, 64, 7, 2)
        blocks: list[nn.Module] = []
        inside = 64
        for stage, depth in enumerate(self.depths):
            width = 64 * 2**stage
            for index in range(depth):
                stride = 2 if index == 0 and stage > 0 else 1
                blocks.append(Block(inside, width, stride, narrow=self.narrow))
                inside = 4 * width if self.narrow else width
        self.blocks = nn.Sequential(*blocks)
        self.dimension = inside

    def forward(self, images: Tensor) -> Tensor:
        x = torch.max_pool2d(relu(self.stem(images)), 3, 2, 1)
        features: Tensor = self.blocks(x).mean(dim=(2, 3))
        return features


class ResNet18(_ResNet):
    """11.2 million weights, 512 features."""

    name = "resnet18"
    depths = (2, 2, 2, 2)


class ResNet34(_ResNet):
    """21.3 million weights, 512 features."""

    name = "resnet34"
    depths = (3, 4, 6, 3)


class ResNet50(_ResNet):
    """23.5 million weights, 2048 features."""

    name = "resnet50"
    depths = (3, 4, 6, 3)
    narrow = True
