"""`timm:FOLDER` beside timm itself. Run by hand where the extra `timm`, and so torchvision, can be imported.

The models are small, and their weights drawn by chance; each is saved by timm and opened by us.
"""

import json
from pathlib import Path

import numpy as np
import pytest
import timm
import torch
from safetensors.torch import load_file, save_file
from timm.models import save_for_hf

from tamis.encoders import Encoder, open_encoder
from tamis.model.errors import Invalid

MODELS = ["vit_tiny_patch16_224", "vit_small_patch14_dinov2", "deit_tiny_distilled_patch16_224", "resnet18",
          "mobilenetv3_small_050", "efficientnet_lite0", "convnext_atto", "swin_tiny_patch4_window7_224",
          "regnety_002", "test_byobnet"]  # fmt: skip


def saved(folder: Path, name: str, **more: object) -> torch.nn.Module:
    torch.manual_seed(0)
    torch.set_num_threads(1)
    model = timm.create_model(name, pretrained=False, **more).eval()
    with torch.no_grad():
        for weight in model.parameters():
            weight.add_(0.01 * torch.randn_like(weight))
    save_for_hf(model, folder, safe_serialization=True)
    return model


def opened(folder: Path) -> Encoder:
    return open_encoder(f"timm:{folder}", folder)


def pictures(side: int, n: int = 2) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (n, side, side, 3), dtype=np.uint8)


@pytest.mark.parametrize("name", MODELS)
def test_a_model_gives_what_timm_gives(tmp_path: Path, name: str) -> None:
    small = {"img_size": 56} if name == "vit_small_patch14_dinov2" else {}
    model = saved(tmp_path, name, **small)
    encoder = opened(tmp_path)
    images = pictures(encoder.input_size)
    about = json.loads((tmp_path / "config.json").read_text())["pretrained_cfg"]
    data = timm.data.resolve_data_config(pretrained_cfg=about)
    transform = timm.data.create_transform(**data, is_training=False)
    cut = transform.transforms[1]  # what is resized already is not resized again
    first = (encoder.input_size - cut.size[0]) // 2
    middle = images[:, first : first + cut.size[0], first : first + cut.size[0]]
    planes = torch.from_numpy(middle.copy()).permute(0, 3, 1, 2).float() / 255
    mean, std = (torch.tensor(data[key])[:, None, None] for key in ("mean", "std"))
    with torch.inference_mode():
        expected = model.forward_head(model.forward_features((planes - mean) / std), pre_logits=True)
        if isinstance(expected, tuple):
            expected = sum(expected) / len(expected)
    np.testing.assert_allclose(encoder.encode(images), expected.numpy(), rtol=1e-3, atol=1e-4)
    assert encoder.input_size == int(cut.size[0] / data["crop_pct"])
    assert encoder.preprocessing["architecture"] == name


def test_what_is_not_the_model_is_refused(tmp_path: Path) -> None:
    saved(tmp_path, "resnet18")
    config, weights = tmp_path / "config.json", tmp_path / "model.safetensors"
    settings, arrays = json.loads(config.read_text()), load_file(weights)
    for change, sentence in (
        ({"architecture": "resnet34"}, "lack .* arrays of 'resnet34'"),
        ({"architecture": "hf-hub:somebody/model"}, "names no architecture"),
        ({"architecture": "no_such_net"}, "has no architecture 'no_such_net'"),
        ({"model_args": {"checkpoint_path": "evil.pth"}}, "asks for the model_args"),
        ({"pretrained_cfg": None}, "wrong at pretrained_cfg"),
    ):
        config.write_text(json.dumps(settings | change))
        with pytest.raises(Invalid, match=sentence):
            opened(tmp_path)
    config.write_text(json.dumps(settings))
    for change, sentence in (
        ({"bn1.weight": None}, "lack 1 arrays of 'resnet18', first 'bn1.weight'"),
        ({"odd": torch.zeros(1)}, "have too many: 1 arrays of 'resnet18', first 'odd'"),
        ({"bn1.weight": torch.zeros(3)}, "cannot be opened as 'resnet18'"),
    ):
        save_file({key: value for key, value in (arrays | change).items() if value is not None}, weights)
        with pytest.raises(Invalid, match=sentence):
            opened(tmp_path)
