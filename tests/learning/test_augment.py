"""Each switch changes what it says and nothing else, for each image by itself, and the same again by seed."""

import hashlib

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter
from scipy.optimize import minimize_scalar
from torch import Tensor

from tamis.learning.augment import augment, normalise
from tamis.learning.augmentation import (
    PRESETS,
    Augmentation,
    Blur,
    Crop,
    Cutout,
    Flip,
    Gray,
    Jitter,
    Noise,
    Rotation,
    Solarize,
)

NONE = PRESETS["none"]
STILL = {"probability": 1, "brightness": 0, "contrast": 0, "saturation": 0, "hue": 0}
HALF = Augmentation(
    crop=Crop(probability=0.5), hflip=Flip(), vflip=Flip(), rotation=Rotation(probability=0.5, degrees=40),
    jitter=Jitter(probability=0.5), gray=Gray(probability=0.5), blur=Blur(probability=0.5, strength=5),
    solarize=Solarize(probability=0.5), noise=Noise(probability=0.5, deviation=0.1),
    cutout=Cutout(probability=0.5),
)  # fmt: skip
LUMA = torch.tensor([0.299, 0.587, 0.114])[:, None, None]
# For each, a seed that puts no value near the border of a level.
GOLDEN = {
    "natural": (36, "fb4cc8cd3b79c812"),
    "color-matters": (36, "6e5d70aed3191201"),
    "texture": (38, "95f0c7883afea84e"),
    "aerial": (38, "7534758b56aa7fad"),
    "medical": (229, "42d2efeff6ebd3bb"),
    "none": (0, "a5cc6851a2ba1673"),
    "half": (160, "23a8ab8ca30c345c"),
}


def images(n: int = 16, side: int = 24, low: int = 90, high: int = 166) -> Tensor:
    """Blocks of colour; by default none so dark or bright that a change of colour would be cut off."""
    blocks = np.random.default_rng(0).integers(low, high, (n, 6, 6, 3), np.uint8)
    return torch.from_numpy(blocks.repeat(side // 6, axis=1).repeat(side // 6, axis=2))


def levels(x: Tensor) -> Tensor:
    """Turn what networks take back into values from 0 to 1."""
    return (x * 128 + 127) / 255


def view(augmentation: Augmentation, size: int = 24, seed: int = 0) -> Tensor:
    return levels(augment(images(), augmentation, size, torch.Generator().manual_seed(seed)))


def only(**switches: object) -> Tensor:
    return view(NONE.model_copy(update=switches))


def close(a: Tensor, b: Tensor, atol: float = 1e-4) -> None:
    torch.testing.assert_close(a, b.expand_as(a), atol=atol, rtol=0)


def places(augmentation: Augmentation) -> tuple[Tensor, Tensor]:
    """Return where in the image, from 0 to 1, each pixel of 64 views (64, 32, 32) was taken."""
    side = 128
    across = torch.arange(side, dtype=torch.uint8).mul(2).expand(64, side, side)
    picture = torch.stack([across, across.transpose(1, 2), across], dim=3)
    made = augment(picture, augmentation, 32, torch.Generator().manual_seed(0))
    x, y, _ = (levels(made) * 255 / 2 / side).unbind(dim=1)
    return x, y


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_gives_the_same_views_again_and_others_for_another_seed(name: str) -> None:
    first, again, other = view(PRESETS[name]), view(PRESETS[name]), view(PRESETS[name], seed=1)
    assert first.shape == (16, 3, 24, 24) and first.dtype == torch.float32
    assert torch.equal(first, again)
    assert torch.equal(first, other) == (name == "none")


@pytest.mark.parametrize("name", [*PRESETS, "half"])
def test_the_views_of_a_seed_stay_what_they_are(name: str) -> None:
    augmentation = HALF if name == "half" else PRESETS[name]
    seed, digest = GOLDEN[name]
    made = augment(images(4, 12, 0, 256), augmentation, 8, torch.Generator().manual_seed(seed))
    coarse = (levels(made) * 13.9).round().to(torch.uint8)  # processors differ in the last bits
    assert hashlib.sha256(coarse.numpy().tobytes()).hexdigest()[:16] == digest


@pytest.mark.parametrize("name", Augmentation.model_fields)
def test_a_switch_leaves_alone_the_images_it_passes_over(name: str) -> None:
    group = getattr(HALF, name)
    off = HALF.model_copy(update={name: group.model_copy(update={"probability": 0})})
    if name != "noise":  # which draws for every pixel, and so comes last
        off = off.model_copy(update={"noise": Noise()})
    with_it = view(off.model_copy(update={name: group}))
    same = (with_it - view(off)).abs().amax(dim=(1, 2, 3)) < 1e-5
    assert 3 <= int(same.sum()) <= 13


def test_none_leaves_the_image_as_it_is() -> None:
    close(view(NONE), levels(normalise(images())))
    assert view(PRESETS["natural"], size=16).shape == (16, 3, 16, 16)


def test_a_large_batch_is_made_in_parts_and_none_is_left_out() -> None:
    many = images(300, 36)
    made = augment(many, NONE, 36, torch.Generator().manual_seed(0))
    close(made, normalise(many), 1e-3)
    assert made.is_contiguous(memory_format=torch.channels_last)


def test_a_crop_is_a_part_between_the_two_shares_and_the_two_shapes() -> None:
    x, y = places(NONE.model_copy(update={"crop": Crop(min_scale=0.2, max_scale=0.5, ratio=1.5)}))
    width, height = ((one.flatten(1).amax(1) - one.flatten(1).amin(1)) * 32 / 31 for one in (x, y))
    area, ratio = width * height, width / height
    assert 0.19 < float(area.min()) < 0.25 and 0.45 < float(area.max()) < 0.52
    assert 0.65 < float(ratio.min()) < 0.75 and 1.35 < float(ratio.max()) < 1.52


def test_flips_and_quarter_turns_lose_nothing() -> None:
    plain = view(NONE)
    close(only(hflip=Flip(probability=1)), plain.flip(3), 1e-3)
    close(only(vflip=Flip(probability=1)), plain.flip(2), 1e-3)
    turns = Rotation(probability=1, degrees=0, quarter_turns=True)
    turned = view(NONE.model_copy(update={"rotation": turns}), seed=1)
    far = [(turned - torch.rot90(plain, k, (2, 3))).abs().amax(dim=(1, 2, 3)) for k in range(4)]
    nearest, which = torch.stack(far).min(dim=0)
    assert float(nearest.max()) < 1e-3 and set(which.tolist()) == {0, 1, 2, 3}


def test_a_rotation_turns_up_to_its_degrees_either_way() -> None:
    x, y = places(NONE.model_copy(update={"rotation": Rotation(probability=1, degrees=30)}))
    middle = slice(14, 18)
    slopes = [one[:, middle, 17] - one[:, middle, 14] for one in (y, x)]
    degrees = torch.rad2deg(torch.atan2(*(slope.mean(dim=1) for slope in slopes)))
    assert -31 < float(degrees.min()) < -20 and 20 < float(degrees.max()) < 31


def test_each_channel_of_the_jitter_changes_only_itself() -> None:
    plain = view(NONE)
    luma, tint = (plain * LUMA).sum(1, keepdim=True), plain - (plain * LUMA).sum(1, keepdim=True)

    def jittered(**channel: float) -> Tensor:
        return only(jitter=Jitter.model_validate(STILL | channel))

    def factors(a: Tensor, b: Tensor) -> Tensor:
        found = (a * b).sum(dim=(1, 2, 3), keepdim=True) / (b * b).sum(dim=(1, 2, 3), keepdim=True)
        assert 0.5 <= float(found.min()) < 0.8 and 1.2 < float(found.max()) <= 1.5
        return found

    close(jittered(), plain)
    bright = jittered(brightness=0.5)
    close(bright, plain * factors(bright, plain))
    mean = luma.mean(dim=(2, 3), keepdim=True)
    contrast = jittered(contrast=0.5) - mean
    close(contrast, (plain - mean) * factors(contrast, plain - mean))
    vivid = jittered(saturation=0.5) - luma
    close(vivid, tint * factors(vivid, tint), 2e-3)
    turned = jittered(hue=0.2)
    close((turned * LUMA).sum(1, keepdim=True), luma, 2e-3)
    assert float((turned - plain).abs().amax(dim=(1, 2, 3)).median()) > 0.02


def test_gray_keeps_the_lightness_and_nothing_of_the_colour() -> None:
    close(only(gray=Gray(probability=1)), (view(NONE) * LUMA).sum(1, keepdim=True), 2e-3)


def test_blur_softens_and_keeps_the_mean() -> None:
    plain, soft = view(NONE), only(blur=Blur(probability=1, strength=5))
    assert float(soft.diff(dim=3).square().mean()) < 0.7 * float(plain.diff(dim=3).square().mean())
    assert float(soft.diff(dim=2).square().mean()) < 0.7 * float(plain.diff(dim=2).square().mean())
    close(soft.mean(dim=(2, 3)), plain.mean(dim=(2, 3)), 0.01)
    flat = torch.full((2, 24, 24, 3), 100, dtype=torch.uint8)
    strong = NONE.model_copy(update={"blur": Blur(probability=1, strength=5)})
    close(augment(flat, strong, 24, torch.Generator().manual_seed(0)), normalise(flat))


def test_blur_is_a_gaussian_at_any_size() -> None:
    """At 90 pixels the work is done in strips of the picture, each with what lies around it."""
    size, strength = 90, 5
    pictures = images(6, size, 0, 256)
    plain, soft = (
        levels(augment(pictures, augmentation, size, torch.Generator().manual_seed(1))).numpy()
        for augmentation in (NONE, NONE.model_copy(update={"blur": Blur(probability=1, strength=strength)}))
    )

    def smooth(picture: NDArray[np.float64], deviation: float) -> NDArray[np.float64]:
        both = [gaussian_filter(each, (0, deviation, deviation), mode="constant", truncate=8)
                for each in (picture, np.ones_like(picture))]  # fmt: skip
        return both[0] / both[1]

    for before, after in zip(plain.astype(float), soft, strict=True):
        found = minimize_scalar(
            lambda deviation: np.abs(smooth(before, deviation) - after).max(),  # noqa: B023 - used at once
            bounds=(0.1 * strength / 100 * size, strength / 100 * size),
            method="bounded",
            options={"xatol": 1e-5},
        )
        assert found.fun < 1e-4


def test_solarize_turns_around_what_is_above_the_threshold() -> None:
    plain = view(NONE)
    close(only(solarize=Solarize(probability=1, threshold=0.45)), torch.where(plain > 0.45, 1 - plain, plain))


def test_noise_has_no_direction_and_at_most_its_deviation() -> None:
    noise = only(noise=Noise(probability=1, deviation=0.1)) - view(NONE)
    deviations = noise.flatten(1).std(dim=1)
    assert float(deviations.min()) < 0.03 and 0.07 < float(deviations.max()) < 0.105
    assert abs(float(noise.mean())) < 0.002


def test_cutout_covers_a_square_and_nothing_around_it() -> None:
    plain, cut = view(NONE), only(cutout=Cutout(probability=1, size=0.5))
    covered = (cut == 0.5).all(dim=1)
    close(torch.where(covered[:, None], plain, cut), plain)
    assert covered.sum(dim=(1, 2)).tolist() == [12 * 12] * 16
    assert len({tuple(one.nonzero()[0].tolist()) for one in covered}) > 8
