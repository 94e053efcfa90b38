"""What every backbone promises, and that Lite0 in torch is the encoder's network."""

from pathlib import Path

import numpy as np
import pytest
import torch

from tamis.encoders import open_encoder
from tamis.encoders.lite0 import published_arrays
from tamis.learning.augment import normalise
from tamis.learning.backbones import backbone_names, make_backbone
from tamis.learning.encode import encode
from tamis.model.errors import Invalid
from tests.learning.running import pictures

torch.set_num_threads(1)


@pytest.mark.parametrize("name", backbone_names())
def test_a_backbone_gives_as_many_features_as_it_says(name: str) -> None:
    backbone = make_backbone(name)
    found = encode(backbone, pictures(2, 112).images)
    assert found.shape == (2, backbone.dimension) and np.isfinite(found).all()
    assert not any(parameter.shape == () for parameter in backbone.parameters())


def test_a_bottleneck_narrows_and_takes_the_weights_of_what_is_below() -> None:
    learned, narrow = make_backbone("small"), make_backbone("small", 8)
    narrow.adopt(learned.state_dict())
    images = pictures(4, 16).images
    expected = encode(learned, images) @ narrow.state_dict()["narrow.weight"].numpy().T
    np.testing.assert_allclose(encode(narrow, images), expected, rtol=1e-4, atol=1e-5)
    assert narrow.dimension == 8


@pytest.mark.parametrize("name", backbone_names())
def test_bfloat16_is_for_training_alone_and_close_to_float32(name: str) -> None:
    torch.manual_seed(0)
    backbone = make_backbone(name)
    images = normalise(torch.from_numpy(pictures(8, 112).images))

    def features(training: bool) -> torch.Tensor:
        backbone.train(training)
        for module in backbone.modules():
            if isinstance(module, torch.nn.BatchNorm2d):
                module.eval()  # the statistics of so few images would make much of every rounding
        return backbone(images)

    with torch.no_grad():
        single = [features(training) for training in (True, False)]
        backbone.mixed_precision = True
        mixed = [features(training) for training in (True, False)]
    assert mixed[0].dtype == torch.float32
    assert not torch.equal(mixed[0], single[0])
    assert (mixed[0] - single[0]).norm() / single[0].norm() < 0.1  # it rounds to 8 bits
    assert torch.equal(mixed[1], single[1])


def test_what_is_slower_in_bfloat16_stays_in_float32() -> None:
    processor = torch.device("cpu")
    assert not make_backbone("lite0").prefers_bfloat16(processor)
    assert not make_backbone("lite0", 8).prefers_bfloat16(processor)
    has = torch.cpu.get_capabilities()["avx512_bf16"] or torch.cpu.get_capabilities()["amx_bf16"]
    assert make_backbone("small").prefers_bfloat16(processor) is has
    assert make_backbone("small", 8).prefers_bfloat16(processor) is has


def test_a_vision_transformer_takes_whole_patches_and_stretches_its_positions() -> None:
    backbone = make_backbone("dinov2-small")
    assert encode(backbone, pictures(1, 56).images).shape == (1, 384)
    with pytest.raises(Invalid, match=r"multiple of 14 pixels, not 64. Give input_size=70"):
        encode(backbone, pictures(1, 64).images)


def test_an_unknown_backbone_is_refused_with_those_there_are() -> None:
    with pytest.raises(Invalid, match=r"There are: .*small"):
        make_backbone("tiny")


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
