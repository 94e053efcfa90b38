"""Augmentation of a whole batch at once, on the device that the images are on.

Every image draws its own changes from the generator. Geometry is one resampling, and all changes of colour
are one 3 x 3 matrix and an offset for each image, so each costs one pass over the pixels.
"""

import math

import torch
from torch import Tensor
from torch.nn.functional import grid_sample, softmax

from tamis.learning.augmentation import Augmentation, Blur, Cutout, Jitter
from tamis.model.digest import Json

NORMALISATION: dict[str, Json] = {"subtract": 127, "divide": 128}
"""How values of 0 to 255 are brought to those that every network of ours takes."""
_LUMA = (0.299, 0.587, 0.114)  # of ITU-R BT.601
_FROM_YIQ = ((1.0, 0.956, 0.619), (1.0, -0.272, -0.647), (1.0, -1.106, 1.703))
_TOGETHER = 2**19
"""So many values of views are made at a time on a processor: they stay in its cache."""
_FAR, _STRIP = 5, 32
"""A Gaussian is 0 from so many deviations on; so many rows are blurred together."""
_DECIDED = (
    "crop", "area", "ratio", "left", "top", "hflip", "vflip", "rotation", "degrees", "quarters",
    "jitter", "brightness", "contrast", "saturation", "hue", "gray", "blur", "softness", "solarize",
    "noise", "deviation", "cutout", "across", "down",
)  # fmt: skip


def normalise(images: Tensor) -> Tensor:
    """Turn uint8 images (n, h, w, 3) into what networks take: float (n, 3, h, w)."""
    return (images.permute(0, 3, 1, 2).float() - 127) / 128


@torch.no_grad()
def augment(images: Tensor, augmentation: Augmentation, size: int, generator: torch.Generator) -> Tensor:
    """Make one view of each uint8 image (n, h, w, 3): float (n, 3, size, size), normalised, channels last."""
    n, device = len(images), images.device
    chance = _draw(n, device, generator)
    shape = (n, 3, size, size)
    views = torch.empty(shape, device=device, memory_format=torch.channels_last)
    together = max(1, _TOGETHER // (3 * size**2)) if device.type == "cpu" else n
    for start in range(0, n, together):
        part = slice(start, start + together)
        x = _changed(images[part], augmentation, size, chance.of(part), generator)
        views[part] = x.mul_(255 / 128).sub_(127 / 128)
    return views


def _changed(
    images: Tensor, augmentation: Augmentation, size: int, chance: "_Chance", generator: torch.Generator
) -> Tensor:
    """Return views (n, 3, size, size) of values from 0 to 1."""
    grid = _grid(_geometry(augmentation, chance), size)
    x = grid_sample(images.permute(0, 3, 1, 2).float(), grid, padding_mode="reflection", align_corners=False)
    x.div_(255)
    x = _colour(x, augmentation, chance)
    x = _blur(x, augmentation.blur, chance)
    if augmentation.solarize.probability > 0:
        turned = chance.happens("solarize", augmentation.solarize.probability)[:, None, None, None]
        x = torch.where(turned & (x > augmentation.solarize.threshold), 1 - x, x)
    if augmentation.noise.probability > 0:
        deviation = chance.between("deviation", 0, augmentation.noise.deviation)
        deviation = deviation * chance.happens("noise", augmentation.noise.probability)
        noise = torch.randn(x.shape, device=x.device, generator=generator)
        x = (x + noise * deviation[:, None, None, None]).clamp_(0, 1)
    if augmentation.cutout.probability > 0:
        x = _cutout(x, augmentation.cutout, chance)
    return x


def _draw(n: int, device: torch.device, generator: torch.Generator) -> "_Chance":
    return _Chance(torch.rand((len(_DECIDED), n), device=device, generator=generator))


class _Chance:
    """A number from 0 to 1 for each thing that chance decides and each of n images.

    All are drawn at once, whatever is switched on: so one switch changes nothing of what the others do.
    """

    def __init__(self, drawn: Tensor) -> None:
        self.n, self.device = drawn.shape[1], drawn.device
        self._all = drawn
        self._drawn: dict[str, Tensor] = dict(zip(_DECIDED, drawn, strict=True))

    def of(self, part: slice) -> "_Chance":
        """Return what was drawn for a part of the images."""
        return _Chance(self._all[:, part])

    def between(self, name: str, low: float, high: float) -> Tensor:
        return self._drawn[name] * (high - low) + low

    def happens(self, name: str, probability: float) -> Tensor:
        return self._drawn[name] < probability

    def strength(self, name: str, on: Tensor, strength: float) -> Tensor:
        """Return factors around 1 where it is on, and 1 elsewhere."""
        return torch.where(on, self.between(name, 1 - strength, 1 + strength), 1.0)


def _geometry(augmentation: Augmentation, chance: _Chance) -> Tensor:
    """Return matrices (n, 2, 3) from places in the view to places in the image, both from -1 to 1."""
    crop = augmentation.crop
    on = chance.happens("crop", crop.probability)
    area = torch.where(on, chance.between("area", crop.min_scale, crop.max_scale), 1.0)
    ratio = torch.exp(torch.where(on, chance.between("ratio", -1, 1), 0.0) * math.log(crop.ratio))
    width, height = (area * ratio).sqrt().clamp(max=1), (area / ratio).sqrt().clamp(max=1)
    left, top = chance.between("left", -1, 1) * (1 - width), chance.between("top", -1, 1) * (1 - height)
    mirrored = torch.where(chance.happens("hflip", augmentation.hflip.probability), -1.0, 1.0)
    upset = torch.where(chance.happens("vflip", augmentation.vflip.probability), -1.0, 1.0)
    rotation = augmentation.rotation
    turns = chance.between("degrees", -1, 1) * math.radians(rotation.degrees)
    if rotation.quarter_turns:
        turns = turns + torch.floor(chance.between("quarters", 0, 4)) * (math.pi / 2)
    turns = torch.where(chance.happens("rotation", rotation.probability), turns, 0.0)
    cosine, sine = torch.cos(turns), torch.sin(turns)
    rows = [
        torch.stack([width * cosine * mirrored, -width * sine * upset, left], dim=1),
        torch.stack([height * sine * mirrored, height * cosine * upset, top], dim=1),
    ]
    return torch.stack(rows, dim=1)


def _grid(matrices: Tensor, size: int) -> Tensor:
    """Return where each pixel of the views is taken from, (n, size, size, 2): a faster `affine_grid`.

    A place is a complex number here, so that both coordinates are added in one pass.
    """
    places = (torch.arange(size, device=matrices.device) * 2 + 1) / size - 1
    across, down, shift = torch.complex(matrices[:, 0], matrices[:, 1])[:, :, None].unbind(dim=1)
    return torch.view_as_real((places * across)[:, None, :] + (places * down + shift)[:, :, None])


def _colour(x: Tensor, augmentation: Augmentation, chance: _Chance) -> Tensor:
    jitter, gray = augmentation.jitter, augmentation.gray
    if jitter.probability == 0 and gray.probability == 0:
        return x
    on = chance.happens("jitter", jitter.probability)
    contrast = chance.strength("contrast", on, jitter.contrast)
    matrix = _colour_matrix(jitter, on, chance.happens("gray", gray.probability), chance)
    brightness = chance.strength("brightness", on, jitter.brightness)
    luma = torch.tensor(_LUMA, device=x.device)
    mean = x.mean(dim=(2, 3)) @ luma
    matrix = matrix * (brightness * contrast)[:, None, None]
    offset = (brightness * (1 - contrast) * mean)[:, None, None]
    return torch.baddbmm(offset, matrix, x.flatten(2)).clamp_(0, 1).view_as(x)


def _colour_matrix(jitter: Jitter, on: Tensor, gray: Tensor, chance: _Chance) -> Tensor:
    """Return (n, 3, 3): saturation and hue as a turn and a stretch of the two colour axes of YIQ."""
    saturation = chance.strength("saturation", on, jitter.saturation) * ~gray
    turn = torch.where(on, chance.between("hue", -1, 1), 0.0) * (math.pi * jitter.hue)
    from_yiq = torch.tensor(_FROM_YIQ, device=chance.device)
    inner = torch.zeros(chance.n, 3, 3, device=chance.device)
    inner[:, 0, 0] = 1
    inner[:, 1, 1] = inner[:, 2, 2] = saturation * torch.cos(turn)
    inner[:, 1, 2] = -saturation * torch.sin(turn)
    inner[:, 2, 1] = saturation * torch.sin(turn)
    matrix: Tensor = from_yiq @ inner @ torch.linalg.inv(from_yiq)
    return matrix


def _blur(x: Tensor, blur: Blur, chance: _Chance) -> Tensor:
    """Blur the chosen images by a matrix each, along the rows and then down the columns.

    A row of the matrix is the Gaussian around its place, cut off at the border and made to sum to 1.
    """
    widest = blur.strength / 100 * x.shape[-1]
    chosen = chance.happens("blur", blur.probability).nonzero()[:, 0]
    if widest == 0 or len(chosen) == 0:
        return x
    deviation = chance.between("softness", 0.1 * widest, widest)[chosen, None, None, None]
    places = torch.arange(x.shape[-1], device=x.device)
    matrix = softmax(-0.5 * ((places[:, None] - places) / deviation) ** 2, dim=-1)  # (m, 1, side, side)
    reach = math.ceil(_FAR * widest)
    across = _banded(matrix, x[chosen].mT, reach).mT
    return x.index_copy_(0, chosen, _banded(matrix, across, reach))


def _banded(matrix: Tensor, x: Tensor, reach: int) -> Tensor:
    """Return matrix @ x, without what the matrix has farther than `reach` from its diagonal."""
    strips = []
    for start in range(0, x.shape[-2], _STRIP):
        near = slice(max(0, start - reach), start + _STRIP + reach)
        strips.append(matrix[..., start : start + _STRIP, near] @ x[..., near, :])
    return torch.cat(strips, dim=-2)


def _cutout(x: Tensor, cutout: Cutout, chance: _Chance) -> Tensor:
    places = torch.arange(x.shape[-1], device=x.device) / x.shape[-1]
    left, top = (chance.between(name, 0, 1 - cutout.size)[:, None] for name in ("across", "down"))
    across = (places >= left) & (places < left + cutout.size)
    down = (places >= top) & (places < top + cutout.size)
    covered = (
        chance.happens("cutout", cutout.probability)[:, None, None] & down[:, :, None] & across[:, None, :]
    )
    return torch.where(covered[:, None], 0.5, x)
