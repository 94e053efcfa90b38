"""A small residual network for small images and processors: 32, 64 and 128 channels."""

from torch import Tensor, nn
from torch.nn.functional import relu

from tamis.learning.backbones.base import Backbone
from tamis.learning.backbones.resnet import Block, layer


class Small(Backbone):
    """0.7 million weights, 128 features; a third of a ResNet-18's layers at a quarter of its width."""

    name = "small"

    def __init__(self) -> None:
        super().__init__()
        self.dimension = 128
        self.stem = layer(3, 32, 3, 2)
        self.blocks = nn.Sequential(*(Block(inside, width, stride) for inside, width, stride in _SHAPE))

    def forward(self, images: Tensor) -> Tensor:
        """Turn images (n, 3, s, s) into features (n, 128)."""
        features: Tensor = self.blocks(relu(self.stem(images))).mean(dim=(2, 3))
        return features


_SHAPE = ((32, 32, 1), (32, 64, 2), (64, 128, 2))
