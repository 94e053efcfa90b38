"""What every method and every backbone promises."""

from pathlib import Path

import numpy as np
import pytest
import torch

from tamis.encoders import open_encoder
from tamis.encoders.lite0 import published_arrays
from tamis.learning.augment import normalise
from tamis.learning.backbones import backbone_names, make_backbone
from tamis.learning.encode import encode
from tamis.learning.health import measure
from tamis.learning.methods import make_method, method_names
from tamis.model.errors import Invalid
from tests.learning.running import pictures, settings

OURS = [name for name in method_names() if name != "shrinking"]


@pytest.mark.parametrize("name", OURS)
def test_a_method_learns_without_collapse(name: str) -> None:
    torch.manual_seed(0)
    torch.set_num_threads(1)
    images = normalise(torch.from_numpy(pictures(64, 16).images))
    backbone = make_backbone("small")
    method = make_method(settings(name), backbone, len(images))
    optimizer = torch.optim.AdamW(method.parameters(), lr=2e-3)
    losses = []
    for step in range(20):
        views = [images + 0.1 * torch.randn_like(images) for _ in range(method.n_views)]
        loss = method.loss(views, torch.arange(len(images)))
        optimizer.zero_grad()
        loss.backward()
        assert loss.shape == () and torch.isfinite(loss)
        reached = [one.grad is not None and bool(one.grad.abs().sum() > 0) for one in backbone.parameters()]
        assert step == 0 or all(reached)
        optimizer.step()
        method.after_step(step / 20)
        losses.append(float(loss.detach()))
    assert losses[-1] < losses[0]
    features = torch.from_numpy(encode(backbone, pictures(64, 16).images))
    assert measure(features, features).spread > 0.05


def test_what_does_not_exist_is_refused_with_what_does() -> None:
    with pytest.raises(Invalid, match=r"There are: .*simclr"):
        make_method(settings("simclear"), make_backbone("small"), 4)
    with pytest.raises(Invalid, match=r"no parameter 'warmth'. It has: temperature"):
        make_method(settings("simclr", parameters={"warmth": 1}), make_backbone("small"), 4)
    with pytest.raises(Invalid, match=r"There are: .*small"):
        make_backbone("tiny")


@pytest.mark.parametrize("name", backbone_names())
def test_a_backbone_gives_as_many_features_as_it_says(name: str) -> None:
    torch.set_num_threads(1)
    backbone = make_backbone(name)
    found = encode(backbone, pictures(2, 32).images)
    assert found.shape == (2, backbone.dimension) and np.isfinite(found).all()
    assert not any(parameter.shape == () for parameter in backbone.parameters())


def test_lite0_is_the_same_network_as_the_encoder(tmp_path: Path) -> None:
    backbone = make_backbone("lite0")
    known = backbone.state_dict()
    found = {name: torch.tensor(array) for name, array in published_arrays().items()}
    weights = {name: tensor for name, tensor in found.items() if name in known}
    assert set(weights) == set(known)
    backbone.load_state_dict(weights)
    images = np.random.default_rng(0).integers(0, 256, (1, 224, 224, 3), np.uint8)
    expected = open_encoder("lite0", tmp_path).encode(images)
    np.testing.assert_allclose(encode(backbone, images), expected, atol=1e-3)
