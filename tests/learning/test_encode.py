"""Encoding: alone or beside others, on the processor or on a GPU, an image has the same vector."""

import numpy as np
import pytest
import torch

from tamis.learning.backbones import make_backbone
from tamis.learning.encode import batch_of, encode, ready_to_encode

IMAGES = np.random.default_rng(0).integers(0, 256, (5, 32, 32, 3), dtype=np.uint8)


@pytest.mark.parametrize("name", ["small", "resnet18", "vit-small", "lite0"])
def test_neighbours_in_a_batch_change_nothing_but_the_last_bits(name: str) -> None:
    torch.manual_seed(0)
    backbone = ready_to_encode(make_backbone(name))
    alone, together = (encode(backbone, IMAGES, size) for size in (1, 3))
    assert alone.shape == together.shape == (5, backbone.dimension)
    assert np.abs(alone - together).max() <= 1e-4 * np.abs(alone).max()


def test_on_a_processor_each_image_is_a_batch_of_its_own() -> None:
    assert batch_of(make_backbone("small")) == 1


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU that CUDA knows")
def test_a_gpu_gives_nearly_the_vectors_of_the_processor() -> None:
    for name in ("small", "resnet18", "vit-small", "lite0"):
        torch.manual_seed(0)
        backbone = make_backbone(name).eval()
        expected = encode(backbone, IMAGES)
        found = encode(ready_to_encode(backbone), IMAGES, batch_of(backbone))
        assert np.abs(found - expected).max() <= 0.01 * np.abs(expected).max()
