"""`transformers:FOLDER` beside transformers itself. Run by `make extras`; `make test` lacks the library.

The models are tiny, and their weights drawn by chance; each is saved by transformers and opened by us.
"""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import transformers
from safetensors.torch import load_file, save_file

from tamis.encoders import Encoder, open_encoder
from tamis.learning.transformers_model import CLASS_TOKEN, POOLED
from tamis.model.errors import Invalid

SIDE = 28
VIT = {
    "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 48,
    "image_size": SIDE, "patch_size": 14,
}  # fmt: skip
TEXT = {
    "hidden_size": 32,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "intermediate_size": 32,
    "vocab_size": 64,
}
NETS = {"hidden_sizes": [8, 16], "depths": [1, 1]}
WINDOWS = {
    "image_size": SIDE,
    "patch_size": 2,
    "embed_dim": 8,
    "depths": [1, 1],
    "num_heads": [1, 2],
    "window_size": 7,
}
CONFIGS: dict[str, dict[str, Any]] = {
    "beit": VIT,
    "clip": {"text_config": TEXT, "vision_config": VIT, "projection_dim": 16},
    "clip_vision_model": VIT,
    "convnext": NETS | {"num_stages": 2},
    "convnextv2": NETS | {"num_stages": 2},
    "deit": VIT,
    "dinov2": VIT,
    "dinov2_with_registers": VIT,
    "dinov3_convnext": NETS,
    "dinov3_vit": VIT,
    "regnet": NETS | {"embedding_size": 8, "groups_width": 8},
    "resnet": NETS | {"embedding_size": 8},
    "siglip": {"text_config": TEXT, "vision_config": VIT},
    "siglip_vision_model": VIT,
    "swin": WINDOWS,
    "swinv2": WINDOWS,
    "vit": VIT,
    "vit_msn": VIT,
}
PREPROCESSOR = {"do_resize": True, "size": {"height": SIDE, "width": SIDE}, "do_normalize": True,
                "image_mean": [0.5, 0.4, 0.3], "image_std": [0.2, 0.3, 0.4]}  # fmt: skip
PICTURES = np.random.default_rng(0).integers(0, 256, (3, SIDE, SIDE, 3), dtype=np.uint8)


def saved(folder: Path, kind: str, **more: Any) -> Any:
    """Make a model with weights by chance, and save it as its users find it."""
    torch.manual_seed(0)
    torch.set_num_threads(1)
    config = transformers.CONFIG_MAPPING[kind](**CONFIGS[kind])
    model = transformers.AutoModel.from_config(config).eval()
    with torch.no_grad():
        for weight in model.parameters():
            weight.add_(0.05 * torch.randn_like(weight))  # a bias of 0 would hide one that was not read
    model.save_pretrained(folder, **more)
    (folder / "preprocessor_config.json").write_text(json.dumps(PREPROCESSOR))
    return model


def opened(folder: Path) -> Encoder:
    return open_encoder(f"transformers:{folder}", folder)


def theirs(model: Any, kind: str) -> np.ndarray:
    planes = torch.from_numpy(PICTURES).permute(0, 3, 1, 2).float() / 255
    mean, std = (torch.tensor(PREPROCESSOR[name])[:, None, None] for name in ("image_mean", "image_std"))
    with torch.inference_mode():
        if hasattr(model, "get_image_features"):
            return model.get_image_features(pixel_values=(planes - mean) / std).pooler_output.numpy()
        found = model(pixel_values=(planes - mean) / std)
    pooled = found.last_hidden_state[:, 0] if POOLED[kind] == CLASS_TOKEN else found.pooler_output.flatten(1)
    return pooled.numpy()


def test_every_type_that_may_be_opened_is_here() -> None:
    assert sorted(CONFIGS) == sorted(POOLED)


@pytest.mark.parametrize("kind", CONFIGS)
def test_a_model_of_every_type_gives_what_transformers_gives(tmp_path: Path, kind: str) -> None:
    model = saved(tmp_path, kind)
    encoder = opened(tmp_path)
    vectors = encoder.encode(PICTURES)
    np.testing.assert_allclose(vectors, theirs(model, kind), rtol=1e-4, atol=1e-5)
    assert vectors.std(axis=0).mean() > 1e-4  # pictures differ
    assert (encoder.dimension, vectors.dtype) == (vectors.shape[1], np.float32)
    assert encoder.preprocessing["transformers"] == int(transformers.__version__.split(".")[0])
    with ThreadPoolExecutor(3) as pool:
        beside = pool.map(lambda i: encoder.encode(PICTURES[i : i + 1]), range(len(PICTURES)))
        assert b"".join(one.tobytes() for one in beside) == vectors.tobytes()


def test_shards_half_precision_and_the_head_of_a_task_make_no_difference(tmp_path: Path) -> None:
    whole, parts, half, task = (tmp_path / name for name in ("whole", "parts", "half", "task"))
    model = saved(whole, "vit")
    saved(parts, "vit", max_shard_size="20KB")
    assert len(list(parts.glob("*.safetensors"))) > 1
    vectors = opened(whole).encode(PICTURES)
    assert opened(parts).encode(PICTURES).tobytes() == vectors.tobytes()
    assert opened(parts).weights != opened(whole).weights

    saved(half, "vit")
    save_file(
        {k: v.half() for k, v in load_file(whole / "model.safetensors").items()}, half / "model.safetensors"
    )
    np.testing.assert_allclose(opened(half).encode(PICTURES), vectors, rtol=0.02, atol=0.02)

    classifier = transformers.ViTForImageClassification(model.config)  # without a pooler
    classifier.vit.load_state_dict(
        {name: value for name, value in model.state_dict().items() if not name.startswith("pooler.")}
    )
    classifier.save_pretrained(task)
    (task / "preprocessor_config.json").write_text(json.dumps(PREPROCESSOR))
    assert opened(task).encode(PICTURES).tobytes() == vectors.tobytes()


def test_our_own_dinov2_agrees_on_the_same_file(tmp_path: Path) -> None:
    """At 224 pixels, where the two stretch the positions by factors that differ a little."""
    torch.manual_seed(0)
    config = transformers.Dinov2Config(hidden_size=384, num_attention_heads=6, image_size=518, patch_size=14)
    model = transformers.AutoModel.from_config(config)
    with torch.no_grad():
        for weight in model.parameters():
            weight.add_(0.02 * torch.randn_like(weight))
    model.save_pretrained(tmp_path)
    imagenet = {"size": 224, "image_mean": [0.485, 0.456, 0.406], "image_std": [0.229, 0.224, 0.225]}
    (tmp_path / "preprocessor_config.json").write_text(json.dumps(imagenet))
    pictures = np.repeat(np.repeat(PICTURES[:, ::4, ::4], 32, axis=1), 32, axis=2)
    ours = open_encoder(f"dinov2-small:{tmp_path / 'model.safetensors'}", tmp_path)
    theirs = opened(tmp_path)
    assert ours.weights == theirs.weights
    one, other = (encoder.encode(pictures).astype(np.float64) for encoder in (ours, theirs))
    alike = (one * other).sum(axis=1) / np.linalg.norm(one, axis=1) / np.linalg.norm(other, axis=1)
    assert (alike > 0.9999).all()


@pytest.mark.parametrize(
    ("processor", "more"),
    [
        ("ViTImageProcessor", {"size": {"height": SIDE, "width": SIDE}}),
        ("BitImageProcessor", {"size": {"shortest_edge": 32}, "crop_size": {"height": SIDE, "width": SIDE}}),
        ("ConvNextImageProcessor", {"size": {"shortest_edge": SIDE}}),
        ("SiglipImageProcessor", {"size": {"height": 32, "width": 32}, "do_rescale": False}),
    ],
)
def test_a_square_picture_is_prepared_as_by_transformers(
    tmp_path: Path, processor: str, more: dict[str, Any]
) -> None:
    from tamis.encoders.preprocessor import read_preparation

    theirs = getattr(transformers, processor)(**more)
    theirs.save_pretrained(tmp_path)
    file = tmp_path / "preprocessor_config.json"
    ours = read_preparation(file.read_bytes(), str(file))
    picture = np.random.default_rng(1).integers(0, 256, (ours.size, ours.size, 3), dtype=np.uint8)
    expected = np.asarray(theirs(picture, return_tensors="np")["pixel_values"])
    np.testing.assert_allclose(ours.apply(picture[None]), expected, rtol=1e-5, atol=1e-5)


def changed(folder: Path, **more: Any) -> None:
    config = folder / "config.json"
    config.write_text(json.dumps(json.loads(config.read_text()) | more))


def test_wrong_weights_and_configurations_are_refused(tmp_path: Path) -> None:
    saved(tmp_path, "dinov2")
    weights = tmp_path / "model.safetensors"
    arrays = load_file(weights)
    name = "layernorm.weight"
    for change, sentence in (
        ({name: None}, f"lack 1 arrays of a 'dinov2', the first is '{name}'"),
        ({name: torch.ones(31)}, "cannot be opened as a model of the type 'dinov2'"),
        ({name: torch.full((32,), torch.nan)}, f"the array '{name}' holds a value that is not finite"),
    ):
        save_file({key: value for key, value in (arrays | change).items() if value is not None}, weights)
        with pytest.raises(Invalid, match=sentence):
            opened(tmp_path)
    save_file(arrays, weights)
    for more in ({"hidden_size": "wide"}, {"num_attention_heads": 0}, {"hidden_act": "no such thing"}):
        original = (tmp_path / "config.json").read_text()
        changed(tmp_path, **more)
        with pytest.raises(Invalid, match="cannot be opened as a model"):
            opened(tmp_path)
        (tmp_path / "config.json").write_text(original)
    (tmp_path / "preprocessor_config.json").write_text(json.dumps(PREPROCESSOR | {"size": 29}))
    saved(tmp_path / "vit", "vit")
    (tmp_path / "vit/preprocessor_config.json").write_text(json.dumps(PREPROCESSOR | {"size": 42}))
    with pytest.raises(Invalid, match="cannot take pictures of 42 pixels"):
        opened(tmp_path / "vit")


def test_code_adapters_and_pickles_beside_it_are_never_touched(tmp_path: Path) -> None:
    model = saved(tmp_path, "dinov2")
    vectors = opened(tmp_path).encode(PICTURES)
    marker = tmp_path / "ran"
    (tmp_path / "evil.py").write_text(f"open({str(marker)!r}, 'w')\nclass Config: ...\nclass Model: ...\n")
    (tmp_path / "adapter_config.json").write_text(
        '{"base_model_name_or_path": "somebody/else", "peft_type": "LORA"}'
    )
    torch.save({"a": torch.zeros(1)}, tmp_path / "pytorch_model.bin")
    changed(
        tmp_path,
        auto_map={"AutoConfig": "evil.Config", "AutoModel": "evil.Model"},
        attn_implementation="somebody/kernel",
        _attn_implementation="somebody/kernel",
    )
    assert opened(tmp_path).encode(PICTURES).tobytes() == vectors.tobytes()
    assert not marker.exists()
    assert model.config._attn_implementation == "sdpa"
