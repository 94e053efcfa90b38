"""What every method promises, and what only some do."""

import hashlib

import numpy as np
import pytest
import torch
from torch import Tensor

from tamis.learning.augment import normalise
from tamis.learning.backbones import make_backbone
from tamis.learning.health import measure
from tamis.learning.methods import Method, make_method, method_names
from tamis.learning.settings import TrainingSettings
from tamis.model.errors import Invalid

torch.set_num_threads(1)
STEPS, N = 20, 64


def settings(method: str, **changes: object) -> TrainingSettings:
    known = {"method": method, "backbone": "small", "input_size": 16, "steps": STEPS}
    return TrainingSettings.model_validate(known | changes)


def pictures(n: int = N, side: int = 16) -> Tensor:
    """Blobs of colour, the same each time: normalised (n, 3, side, side)."""
    low = np.random.default_rng(5).integers(0, 256, (n, 4, 4, 3), np.uint8)
    return normalise(torch.from_numpy(low.repeat(side // 4, axis=1).repeat(side // 4, axis=2)))


def made(name: str) -> Method:
    torch.manual_seed(0)
    return make_method(settings(name), make_backbone("small"), N)


def learn(method: Method, images: Tensor, steps: int) -> list[float]:
    generator = torch.Generator().manual_seed(1)
    trained = [parameter for parameter in method.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=2e-3)
    losses = []
    for step in range(steps):
        views = [images + 0.1 * torch.randn(images.shape, generator=generator) for _ in range(method.n_views)]
        loss = method.loss(views, torch.arange(len(images)))
        assert loss.shape == () and torch.isfinite(loss)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        method.after_step((step + 1) / steps)
        losses.append(float(loss.detach()))
    return losses


@torch.inference_mode()
def features(method: Method, images: Tensor) -> Tensor:
    method.eval()
    found: Tensor = method.backbone(images)
    return found


def digest(method: Method) -> str:
    return hashlib.sha256(b"".join(one.numpy().tobytes() for one in method.state_dict().values())).hexdigest()


@pytest.mark.parametrize("name", method_names())
def test_a_method_learns_without_collapse(name: str) -> None:
    method, images = made(name), pictures()
    losses = learn(method, images, STEPS)
    assert all(one.grad is not None and bool(one.grad.any()) for one in method.backbone.parameters())
    assert min(losses[-3:]) < losses[0]
    found = features(method, images)
    assert measure(found, found).spread > 0.05


@pytest.mark.parametrize("name", method_names())
def test_the_same_seed_gives_the_same_weights(name: str) -> None:
    first, again = made(name), made(name)
    for method in (first, again):
        learn(method, pictures(), 2)
    assert digest(first) == digest(again)


def test_what_does_not_exist_is_refused_with_what_does() -> None:
    with pytest.raises(Invalid, match=r"There are: .*simclr"):
        make_method(settings("simclear"), make_backbone("small"), 4)
    with pytest.raises(Invalid, match=r"no parameter 'warmth'. It has: temperature"):
        make_method(settings("simclr", parameters={"warmth": 1}), make_backbone("small"), 4)
