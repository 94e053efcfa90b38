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
NAMES = [name for name in method_names() if name != "shrinking"]  # that is one of test_train.py
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


@pytest.mark.parametrize("name", NAMES)
def test_a_method_learns_without_collapse(name: str) -> None:
    method, images = made(name), pictures()
    losses = learn(method, images, STEPS)
    assert all(one.grad is not None and bool(one.grad.any()) for one in method.backbone.parameters())
    assert losses[-1] < max(losses[:3])  # the first steps also fill a queue
    found = features(method, images)
    assert measure(found, found).spread > 0.05


@pytest.mark.parametrize("name", NAMES)
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
    with pytest.raises(Invalid, match="multiple of 16 pixels, not 40"):
        make_method(settings("simclr", input_size=40), make_backbone("vit-small"), 4)


@pytest.mark.parametrize("name", ["byol", "dino", "moco"])
def test_a_teacher_follows_slowly_and_gets_no_gradient(name: str) -> None:
    method = made(name)
    before = {key: one.clone() for key, one in method.state_dict().items()}
    learn(method, pictures(), 1)
    after = method.state_dict()
    student = after["backbone.stem.0.weight"] - before["backbone.stem.0.weight"]
    teacher = after["teacher.network.0.stem.0.weight"] - before["teacher.network.0.stem.0.weight"]
    share = 0.01 if name == "moco" else 0.0  # the others stand still at the end of the budget
    torch.testing.assert_close(teacher, share * student, atol=1e-6, rtol=0)
    assert all(one.grad is None for key, one in method.named_parameters() if key.startswith("teacher."))


def test_an_older_key_of_the_same_image_counts_not_against_it() -> None:
    method = made("moco").eval()
    images, positions = pictures(4), torch.arange(4)
    assert len(method.keys) == N  # no longer than there are images
    method.owners = torch.zeros(N, dtype=torch.long)  # as if all keys were of image 0
    with torch.no_grad():
        loss = [float(method.loss([images[[row]]] * 2, positions[[row]])) for row in (0, 1)]
    assert loss[0] == pytest.approx(0, abs=1e-6) and loss[1] > 0.1
