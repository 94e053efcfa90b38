"""DINOv2 from a file: the names of timm and of transformers, and each way in which a file can be wrong."""

import hashlib
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from tamis.encoders import Encoder, open_encoder
from tamis.learning.backbones import make_backbone
from tamis.model.errors import Invalid

PICTURES = np.random.default_rng(0).integers(0, 256, (2, 224, 224, 3), dtype=np.uint8)
Weights = dict[str, torch.Tensor]


@pytest.fixture(scope="module")
def weights() -> Weights:
    torch.manual_seed(0)
    torch.set_num_threads(1)
    return make_backbone("dinov2-small").state_dict() | {"mask_token": torch.zeros(1, 384)}


def as_transformers(weights: Weights) -> Weights:
    """Name the arrays as a file of transformers does, which keeps query, key and value apart."""
    found: Weights = {}
    for name, tensor in weights.items():
        block = name.replace("blocks.", "encoder.layer.")
        if ".attn.qkv." in name:
            for third, which in zip(tensor.chunk(3), ("query", "key", "value"), strict=True):
                found[block.replace("attn.qkv", f"attention.attention.{which}")] = third.clone()
        elif name.startswith("blocks."):
            for ours, theirs in (
                ("attn.proj", "attention.output.dense"),
                ("ls1.gamma", "layer_scale1.lambda1"),
                ("ls2.gamma", "layer_scale2.lambda1"),
            ):
                block = block.replace(ours, theirs)
            found[block] = tensor
        else:
            head = {
                "cls_token": "embeddings.cls_token",
                "mask_token": "embeddings.mask_token",
                "pos_embed": "embeddings.position_embeddings",
                "patch_embed.proj.weight": "embeddings.patch_embeddings.projection.weight",
                "patch_embed.proj.bias": "embeddings.patch_embeddings.projection.bias",
                "norm.weight": "layernorm.weight",
                "norm.bias": "layernorm.bias",
            }
            found[head[name]] = tensor
    return found


def opened(path: Path, name: str = "dinov2-small") -> Encoder:
    return open_encoder(f"{name}:{path}", path.parent)


def test_both_namings_give_the_same_vectors_and_keep_their_facts(tmp_path: Path, weights: Weights) -> None:
    plain, translated = tmp_path / "timm.safetensors", tmp_path / "transformers.safetensors"
    save_file(weights, plain)
    save_file(as_transformers(weights), translated)
    encoder = opened(plain)
    vectors = encoder.encode(PICTURES)
    assert (vectors.shape, vectors.dtype) == ((2, 384), np.float32)
    assert np.isfinite(vectors).all()
    assert vectors.std() > 0
    again = opened(translated).encode(PICTURES[1:])  # alone: no vector depends on another
    assert again.tobytes() == vectors[1:].tobytes()
    facts = encoder.facts()
    assert (facts.name, facts.dimension) == ("dinov2-small:timm.safetensors", 384)
    assert facts.weights == hashlib.sha256(plain.read_bytes()).hexdigest()
    assert facts.preprocessing["subtract"] == [123.675, 116.28, 103.53]

    with pytest.raises(
        Invalid, match=r"is no dinov2-base: its array 'cls_token' has the shape \(1, 1, 384\)"
    ):
        opened(plain, "dinov2-base")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"cls_token": None}, "has no array 'cls_token'"),
        ({"blocks.3.attn.qkv.bias": None}, r"has no array 'blocks\.3\.attn\.qkv\.bias'"),
        ({"norm.bias": torch.full((384,), torch.nan)}, r"'norm\.bias' holds a value that is not finite"),
        ({"head.weight": torch.zeros(3)}, r"1 arrays too many, the first is 'head\.weight'"),
    ],
)
def test_weights_of_another_network_are_refused(
    tmp_path: Path, weights: Weights, change: Weights, sentence: str
) -> None:
    path = tmp_path / "net.safetensors"
    save_file({name: tensor for name, tensor in (weights | change).items() if tensor is not None}, path)
    with pytest.raises(Invalid, match=sentence) as refusal:
        opened(path)
    assert str(path) in refusal.value.message


def test_a_file_of_another_kind_is_refused_and_never_unpickled(tmp_path: Path) -> None:
    path = tmp_path / "net.safetensors"
    torch.save({"cls_token": torch.zeros(1)}, path)
    with pytest.raises(Invalid, match="is no safetensors file"):
        opened(path)
    path.unlink()
    with pytest.raises(Invalid, match="'tamis encoder get dinov2-small' downloads the weights"):
        opened(path)
