"""Each switch changes what it says and nothing else, for each image by itself, and the same again by seed."""

import numpy as np
import pytest
import torch

from tamis.learning.augment import augment, normalise
from tamis.learning.augmentation import (
    PRESETS,
    Augmentation,
    Blur,
    Cutout,
    Jitter,
    Noise,
    Rotation,
    Solarize,
    changed,
    preset,
)
from tamis.model.errors import Invalid

NONE = PRESETS["none"]


def images(n: int = 16, side: int = 24) -> torch.Tensor:
    low = np.random.default_rng(0).integers(0, 256, (n, 6, 6, 3), np.uint8)
    return torch.from_numpy(np.ascontiguousarray(low.repeat(side // 6, axis=1).repeat(side // 6, axis=2)))


def view(augmentation: Augmentation, size: int = 24, seed: int = 0) -> torch.Tensor:
    return augment(images(), augmentation, size, torch.Generator().manual_seed(seed))


def levels(x: torch.Tensor) -> torch.Tensor:
    return (x * 128 + 127) / 255


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_gives_the_same_views_again_and_others_for_another_seed(name: str) -> None:
    first, again, other = view(PRESETS[name]), view(PRESETS[name]), view(PRESETS[name], seed=1)
    assert first.shape == (16, 3, 24, 24) and first.dtype == torch.float32
    assert torch.equal(first, again)
    assert torch.equal(first, other) == (name == "none")
    assert float(levels(first).min()) >= -0.01 and float(levels(first).max()) <= 1.01


def test_none_leaves_the_image_as_it_is() -> None:
    torch.testing.assert_close(view(NONE), normalise(images()), atol=1e-4, rtol=0)


def test_a_view_may_have_another_size() -> None:
    assert view(PRESETS["natural"], size=16).shape == (16, 3, 16, 16)


def test_flips_and_quarter_turns_lose_nothing() -> None:
    def sure(**fields: object) -> torch.Tensor:
        return view(NONE.model_copy(update=fields))

    from tamis.learning.augmentation import Flip

    plain = normalise(images())
    torch.testing.assert_close(sure(hflip=Flip(probability=1)), plain.flip(3), atol=1e-3, rtol=0)
    torch.testing.assert_close(sure(vflip=Flip(probability=1)), plain.flip(2), atol=1e-3, rtol=0)
    turned = sure(rotation=Rotation(probability=1, degrees=0, quarter_turns=True))
    turns = [torch.rot90(plain, k, (2, 3)) for k in range(4)]
    nearest = torch.stack([(turned - one).abs().amax(dim=(1, 2, 3)) for one in turns]).amin(dim=0)
    assert float(nearest.max()) < 1e-2


def test_gray_has_no_colour_and_jitter_without_hue_keeps_it() -> None:
    from tamis.learning.augmentation import Gray

    gray = levels(view(NONE.model_copy(update={"gray": Gray(probability=1)})))
    assert float((gray.amax(dim=1) - gray.amin(dim=1)).max()) < 0.02
    bright = Jitter(probability=1, brightness=0.5, contrast=0, saturation=0, hue=0)
    made, plain = levels(view(NONE.model_copy(update={"jitter": bright}))), levels(normalise(images()))
    factors = made.mean(dim=(1, 2, 3)) / plain.mean(dim=(1, 2, 3))
    assert float(factors.std()) > 0.05
    assert float(factors.min()) > 0.5 and float(factors.max()) < 1.5


def test_blur_noise_solarize_and_cutout_do_what_they_say() -> None:
    plain = levels(view(NONE))

    def rough(x: torch.Tensor) -> float:
        return float(x.diff(dim=3).abs().mean())

    blurred = levels(view(NONE.model_copy(update={"blur": Blur(probability=1, strength=5)})))
    noisy = levels(view(NONE.model_copy(update={"noise": Noise(probability=1, deviation=0.2)})))
    assert rough(blurred) < rough(plain) < rough(noisy)
    assert float(blurred.mean()) == pytest.approx(float(plain.mean()), abs=0.01)
    solar = levels(view(NONE.model_copy(update={"solarize": Solarize(probability=1, threshold=0.5)})))
    torch.testing.assert_close(solar, torch.where(plain > 0.5, 1 - plain, plain))
    cut = levels(view(NONE.model_copy(update={"cutout": Cutout(probability=1, size=0.5)})))
    share = ((cut - plain).abs().amax(dim=1) > 1e-3).float().mean(dim=(1, 2))
    assert float(share.min()) > 0.15 and float(share.max()) <= 0.26


def test_what_can_be_changed_is_told() -> None:
    made = changed(preset("natural"), "jitter.hue", 0)
    assert made.jitter.hue == 0 and made.jitter.contrast == preset("natural").jitter.contrast
    with pytest.raises(Invalid, match=r"no 'jitter.huge'.*jitter.hue"):
        changed(made, "jitter.huge", 0)
    with pytest.raises(Invalid, match=r"jitter.hue cannot be 7"):
        changed(made, "jitter.hue", 7)
    with pytest.raises(Invalid, match="There are: natural"):
        preset("unnatural")
