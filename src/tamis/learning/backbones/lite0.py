"""EfficientNet-Lite0 in torch, with the names of the published weights: Tan and Le (2019),
https://arxiv.org/abs/1905.11946, in the Lite form: ReLU6, no squeeze-and-excitation.

The encoder `lite0` runs the same network without torch. At sides that are multiples of 32 both agree.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn.functional import conv2d, pad, relu6

from tamis.learning.backbones.base import Backbone

# (repeats, kernel, stride of the first repeat, expansion, channels)
_STAGES = (
    (1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40), (3, 3, 2, 6, 80), (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192), (1, 3, 1, 6, 320),
)  # fmt: skip
_EARLY = 3
"""So many blocks stay as they are: they take a third of the time, and edges are edges everywhere."""


class _Same(nn.Conv2d):
    """A convolution padded so that the output has ceil(side / stride) places; more to the right and below."""

    def __init__(self, inside: int, outside: int, kernel: int, stride: int = 1, groups: int = 1) -> None:
        super().__init__(inside, outside, kernel, stride, groups=groups, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        kernel, stride, side = self.kernel_size[0], self.stride[0], x.shape[-1]
        lacking = max((-(-side // stride) - 1) * stride + kernel - side, 0)
        if lacking:
            x = pad(x, (lacking // 2, lacking - lacking // 2) * 2)
        return conv2d(x, self.weight, None, self.stride, 0, 1, self.groups)


def _norm(channels: int) -> nn.BatchNorm2d:
    return nn.BatchNorm2d(channels, eps=1e-3, momentum=0.01)


class _Block(nn.Module):
    """Inverted residual: widen, filter each channel, narrow again; a repeat adds its input."""

    def __init__(self, inside: int, outside: int, kernel: int, stride: int, expansion: int) -> None:
        super().__init__()
        wide = inside * expansion
        self._repeats = inside == outside and stride == 1 and expansion > 1
        self._widens = expansion > 1
        if self._widens:
            self._expand_conv, self._bn0 = _Same(inside, wide, 1), _norm(wide)
        self._depthwise_conv, self._bn1 = _Same(wide, wide, kernel, stride, wide), _norm(wide)
        self._project_conv, self._bn2 = _Same(wide, outside, 1), _norm(outside)

    def forward(self, x: Tensor) -> Tensor:
        made: Tensor = relu6(self._bn0(self._expand_conv(x))) if self._widens else x
        made = relu6(self._bn1(self._depthwise_conv(made)))
        made = self._bn2(self._project_conv(made))
        return made + x if self._repeats else made


class Lite0(Backbone):
    """3.4 million weights, 1280 features."""

    name = "lite0"

    def __init__(self) -> None:
        super().__init__()
        self.dimension = 1280
        self._conv_stem, self._bn0 = _Same(3, 32, 3, 2), _norm(32)
        blocks: list[nn.Module] = []
        inside = 32
        for repeats, kernel, stride, expansion, channels in _STAGES:
            for index in range(repeats):
                blocks.append(_Block(inside, channels, kernel, 1 if index else stride, expansion))
                inside = channels
        self._blocks = nn.ModuleList(blocks)
        self._conv_head, self._bn1 = _Same(inside, self.dimension, 1), _norm(self.dimension)

    def early(self) -> Sequence[nn.Module]:
        """Return the stem and the first blocks."""
        return (self._conv_stem, self._bn0, *self._blocks[:_EARLY])

    def prefers_bfloat16(self, device: torch.device) -> bool:
        """On a processor its depthwise layers take half as long again in bfloat16."""
        return device.type == "cuda" and super().prefers_bfloat16(device)

    def forward(self, images: Tensor) -> Tensor:
        """Turn images (n, 3, s, s) into features (n, 1280)."""
        x = relu6(self._bn0(self._conv_stem(images)))
        for block in self._blocks:
            x = block(x)
        features: Tensor = relu6(self._bn1(self._conv_head(x))).mean(dim=(2, 3))
        return features
