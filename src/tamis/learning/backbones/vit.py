"""Vision transformers: Dosovitskiy et al. (2021), https://arxiv.org/abs/2010.11929.

The names of the weights are those of DINOv2 (Oquab et al., 2024, https://arxiv.org/abs/2304.07193), so that a
file of its published weights loads as it is, but for the `mask_token`, which only its training uses.
"""

from collections.abc import Sequence
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn.functional import gelu, interpolate, scaled_dot_product_attention

from tamis.learning.backbones.base import Backbone
from tamis.model.errors import Invalid


class _Scale(nn.Module):
    """LayerScale: Touvron et al. (2021), https://arxiv.org/abs/2103.17239."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.gamma = nn.Parameter(torch.full((width,), 1e-5))

    def forward(self, x: Tensor) -> Tensor:
        return x * self.gamma


class _Attention(nn.Module):
    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.qkv, self.proj = nn.Linear(width, 3 * width), nn.Linear(width, width)

    def forward(self, x: Tensor) -> Tensor:
        n, tokens, width = x.shape
        shape = (n, tokens, 3, self.heads, width // self.heads)
        query, key, value = self.qkv(x).view(shape).permute(2, 0, 3, 1, 4)  # each (n, heads, tokens, d)
        mixed = scaled_dot_product_attention(query, key, value)
        made: Tensor = self.proj(mixed.transpose(1, 2).reshape(n, tokens, width))
        return made


class _Mlp(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x: Tensor) -> Tensor:
        made: Tensor = self.fc2(gelu(self.fc1(x)))
        return made


class _Block(nn.Module):
    def __init__(self, width: int, heads: int, scaled: bool) -> None:
        super().__init__()
        self.norm1, self.attn = nn.LayerNorm(width, eps=1e-6), _Attention(width, heads)
        self.norm2, self.mlp = nn.LayerNorm(width, eps=1e-6), _Mlp(width)
        self.ls1, self.ls2 = (_Scale(width) if scaled else nn.Identity() for _ in range(2))

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.ls1(self.attn(self.norm1(x)))
        made: Tensor = x + self.ls2(self.mlp(self.norm2(x)))
        return made


class _Patches(nn.Module):
    def __init__(self, patch: int, width: int) -> None:
        super().__init__()
        self.proj = nn.Conv2d(3, width, patch, patch)

    def forward(self, images: Tensor) -> Tensor:
        """Turn images (n, 3, s, s) into tokens (n, (s / patch)^2, width), row by row."""
        made: Tensor = self.proj(images).flatten(2).transpose(1, 2)
        return made


class _VisionTransformer(Backbone):
    """Twelve blocks on patches of `patch` pixels; positions are learned for a grid of `grid` x `grid`."""

    width: ClassVar[int] = 384
    heads: ClassVar[int] = 6
    patch: ClassVar[int]
    grid: ClassVar[int]
    scaled: ClassVar[bool] = False
    """With a LayerScale after each part."""

    def __init__(self) -> None:
        super().__init__()
        self.dimension = self.width
        self.cls_token = nn.Parameter(torch.zeros(1, 1, self.width))
        self.pos_embed = nn.Parameter(torch.empty(1, 1 + self.grid**2, self.width))
        self.patch_embed = _Patches(self.patch, self.width)
        self.blocks = nn.ModuleList(_Block(self.width, self.heads, self.scaled) for _ in range(12))
        self.norm = nn.LayerNorm(self.width, eps=1e-6)
        nn.init.trunc_normal_(self.pos_embed, std=0.02)
        nn.init.normal_(self.cls_token, std=1e-6)
        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.trunc_normal_(module.weight, std=0.02)
                nn.init.zeros_(module.bias)

    def early(self) -> Sequence[nn.Module]:
        """Return the patches and the first half of the blocks."""
        return (self.patch_embed, *self.blocks[: len(self.blocks) // 2])

    def check_side(self, side: int) -> None:
        """Refuse a side that is no multiple of the patch's.

        Raises:
            Invalid: it is not.
        """
        if side % self.patch:
            nearest = max(1, round(side / self.patch)) * self.patch
            raise Invalid(
                f"The backbone {self.name} takes sides that are a multiple of {self.patch} pixels, not "
                f"{side}. Give input_size={nearest}.",
                field="input_size",
            )

    def forward(self, images: Tensor) -> Tensor:
        """Turn images (n, 3, s, s) into the features (n, dimension) of the class token.

        Raises:
            Invalid: the side is no multiple of the patch's.
        """
        side = images.shape[-1]
        self.check_side(side)
        tokens = torch.cat([self.cls_token.expand(len(images), -1, -1), self.patch_embed(images)], dim=1)
        x = tokens + self._positions(side // self.patch)
        for block in self.blocks:
            x = block(x)
        features: Tensor = self.norm(x)[:, 0]
        return features

    def _positions(self, grid: int) -> Tensor:
        """Return the positions (1, 1 + grid^2, width), stretched where the grid is another one.

        As DINOv2 does it: bicubic, by a factor that is a tenth of a patch too large.
        """
        if grid == self.grid:
            return self.pos_embed
        first, learned = self.pos_embed[:, :1], self.pos_embed[:, 1:]
        plane = learned.view(1, self.grid, self.grid, -1).permute(0, 3, 1, 2)
        factor = (grid + 0.1) / self.grid
        made = interpolate(plane, scale_factor=(factor, factor), mode="bicubic")
        return torch.cat([first, made.flatten(2).transpose(1, 2)], dim=1)


class VitSmall(_VisionTransformer):
    """21.7 million weights, 384 features; patches of 16 pixels, so a side of 64 has only 16 of them."""

    name = "vit-small"
    patch = 16
    grid = 14


class Dinov2Small(_VisionTransformer):
    """22.1 million weights, 384 features; made for the weights that Meta published as dinov2_vits14."""

    name = "dinov2-small"
    needs_weights = True
    patch = 14
    grid = 37
    scaled = True
    lightness: Tensor
    spread: Tensor

    def __init__(self) -> None:
        super().__init__()
        mean, deviation = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # of ImageNet, as in its training
        self.register_buffer("lightness", torch.tensor(mean)[:, None, None], persistent=False)
        self.register_buffer("spread", torch.tensor(deviation)[:, None, None], persistent=False)

    def forward(self, images: Tensor) -> Tensor:
        """Turn images (n, 3, s, s), normalised as for all backbones, into features (n, dimension)."""
        return super().forward(((images * 128 + 127) / 255 - self.lightness) / self.spread)


class Dinov2Base(Dinov2Small):
    """86.6 million weights, 768 features; made for dinov2_vitb14."""

    name = "dinov2-base"
    width = 768
    heads = 12
