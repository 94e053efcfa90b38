"""Folders of Hugging Face up to where the library takes over; `make extras` checks the rest with it.

The model behind is a double at our own seam: what `load_pretrained` returns.
"""

import hashlib
import json
import sys
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

from tamis.encoders import open_encoder
from tamis.encoders.model_folder import read_folder
from tamis.encoders.preprocessor import read_preparation
from tamis.encoders.transformers_folder import TransformersFolder
from tamis.model.errors import Invalid, Unavailable
from tamis.services import encoders
from tamis.store.folder import open_folder

PREPROCESSOR = {
    "do_resize": True,
    "size": {"shortest_edge": 16},
    "do_center_crop": True,
    "crop_size": {"height": 14, "width": 14},
    "image_mean": [0.485, 0.456, 0.406],
    "image_std": [0.229, 0.224, 0.225],
}


class MeanColours:
    facts: ClassVar = {"pooled": "pooler", "transformers": 5}

    def features(self, pictures: np.ndarray) -> np.ndarray:
        return pictures.mean(axis=(2, 3))


def written(folder: Path, weights: bytes = b"weights", **more: Any) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "config.json").write_text('{"model_type": "dinov2"}')
    (folder / "preprocessor_config.json").write_text(json.dumps(PREPROCESSOR | more))
    (folder / "model.safetensors").write_bytes(weights)
    return folder


def test_the_middle_of_a_picture_is_normalised_and_all_facts_are_kept(tmp_path: Path) -> None:
    found = read_folder(written(tmp_path / "net"))
    preparation = read_preparation((found.path / "preprocessor_config.json").read_bytes(), "file")
    encoder = TransformersFolder(tmp_path, found, preparation, MeanColours())
    pictures = np.random.default_rng(0).integers(0, 256, (2, 16, 16, 3), dtype=np.uint8)
    scaled = (pictures[:, 1:15, 1:15] / 255 - PREPROCESSOR["image_mean"]) / PREPROCESSOR["image_std"]
    np.testing.assert_allclose(encoder.encode(pictures), scaled.mean(axis=(1, 2)), rtol=1e-4, atol=1e-5)
    facts = encoder.facts()
    assert (facts.name, facts.dimension) == ("transformers:net", 3)
    assert facts.weights == hashlib.sha256(b"weights").hexdigest()
    assert facts.preprocessing == {
        "color": "rgb",
        "size": 16,
        "crop": 14,
        "subtract": [123.675, 116.28, 103.53],
        "divide": [58.395, 57.12, 57.375],
        "config": hashlib.sha256(b'{"model_type": "dinov2"}').hexdigest(),
        "pooled": "pooler",
        "transformers": 5,
    }


@pytest.mark.parametrize(
    ("asked", "size", "crop", "divide"),
    [
        ({"size": 224}, 224, 224, 127.5),  # the way of old files
        ({"size": 224, "do_normalize": False}, 224, 224, 255),
        ({"size": {"height": 32, "width": 32}, "do_rescale": False}, 32, 32, 0.5),
        ({"size": 256, "crop_size": 224, "do_center_crop": True}, 256, 224, 127.5),
        ({"size": 256, "crop_size": 224, "do_center_crop": False}, 256, 256, 127.5),
        ({"size": 224, "feature_extractor_type": "ConvNextFeatureExtractor"}, 256, 224, 127.5),
        ({"size": 224, "crop_pct": 0.95, "image_processor_type": "ConvNextImageProcessor"}, 235, 224, 127.5),
        ({"size": 384, "crop_pct": 0.95, "image_processor_type": "ConvNextImageProcessor"}, 384, 384, 127.5),
    ],
)  # fmt: skip
def test_every_way_to_ask_for_a_square_is_read(
    asked: dict[str, Any], size: int, crop: int, divide: float
) -> None:
    usual = {"image_mean": [0.5] * 3, "image_std": [0.5] * 3}
    found = read_preparation(json.dumps(usual | asked).encode(), "file")
    assert (found.size, found.crop) == (size, crop)
    assert found.divide == pytest.approx((divide,) * 3)


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"size": {"height": 224, "width": 196}}, "says no size that is a square"),
        ({"size": {"longest_edge": 224}}, "wrong at size"),
        ({"size": None}, "says no size"),
        ({"size": 0}, "wrong at size"),
        ({"crop_size": None}, "says no crop_size"),
        ({"crop_size": 15, "size": 14}, "cuts 15 pixels out of 14"),
        ({"image_std": [0.2, 0.2, 0]}, "wrong at image_std.2"),
        ({"image_mean": None}, "has no image_mean or no image_std"),
        ({"do_flip_channel_order": True}, "asks for do_flip_channel_order, which Tamis does not do"),
    ],
)
def test_what_cannot_be_done_as_asked_is_refused(asked: dict[str, Any], sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence):
        read_preparation(json.dumps(PREPROCESSOR | asked).encode(), "preprocessor_config.json")


def test_shards_are_read_in_order_and_hashed_together(tmp_path: Path) -> None:
    folder = written(tmp_path / "net")
    (folder / "model.safetensors").unlink()
    index = folder / "model.safetensors.index.json"
    for name in ("model-1.safetensors", "model-2.safetensors"):
        (folder / name).write_bytes(name.encode())
    index.write_text(json.dumps({"weight_map": {"a": "model-2.safetensors", "b": "model-1.safetensors"}}))
    found = read_folder(folder)
    assert found.contents == [b"model-1.safetensors", b"model-2.safetensors"]
    (folder / "model-2.safetensors").write_bytes(b"other")
    assert read_folder(folder).weights != found.weights
    for name in ("../secret.safetensors", "model/../../secret.safetensors", "/model.safetensors"):
        index.write_text(json.dumps({"weight_map": {"a": name}}))
        with pytest.raises(Invalid, match="does not name files like"):
            read_folder(folder)


def test_a_folder_that_lacks_something_says_what(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match=r"no folder '.*nothing'\. Nothing is downloaded"):
        read_folder(tmp_path / "nothing")
    folder = written(tmp_path / "net")
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(Invalid, match="are pickled, and opening them would run"):
        read_folder(folder)
    (folder / "config.json").write_text("[]")
    (folder / "pytorch_model.bin").rename(folder / "model.safetensors")
    with pytest.raises(Invalid, match="holds no JSON object"):
        read_folder(folder)
    written(folder)
    (folder / "preprocessor_config.json").unlink()
    with pytest.raises(Invalid, match=r"There is no file '.*preprocessor_config\.json'"):
        open_encoder(f"transformers:{folder}", tmp_path)


def test_types_that_are_not_listed_are_refused_before_the_library_loads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "transformers", None)  # importing it would be another error
    folder = written(tmp_path / "net")
    for config, sentence in (
        ({"model_type": "llama"}, "is of the type 'llama'. Tamis opens: beit, clip"),
        ({"auto_map": {"AutoModel": "evil.Model"}}, "is of the type None"),
        ({"model_type": "vit", "quantization_config": {}}, "are quantised"),
    ):
        (folder / "config.json").write_text(json.dumps(config))
        with pytest.raises(Invalid, match=sentence):
            open_encoder(f"transformers:{folder}", tmp_path)


def test_without_the_library_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "transformers", None)  # as Python marks what cannot be imported
    monkeypatch.setenv("HF_HUB_OFFLINE", "")  # so that it is put back
    monkeypatch.setenv("HF_HUB_DISABLE_TELEMETRY", "")
    with pytest.raises(Unavailable, match=r'needs transformers, .*pip install "tamis\[transformers\]"'):
        open_encoder(f"transformers:{written(tmp_path / 'net')}", tmp_path)


def test_a_data_folder_gets_what_is_needed_and_no_more(tmp_path: Path) -> None:
    mine, other = tmp_path / "a/net", tmp_path / "b/net"
    for folder, weights in ((mine, b"mine"), (other, b"others")):
        folder.mkdir(parents=True)
        written(folder, weights)
        (folder / "pytorch_model.bin").write_bytes(b"pickle")
        (folder / "onnx").mkdir()
    data = open_folder(tmp_path / "home")
    assert encoders.adopt(data, f"transformers:{mine}") == "transformers:net"
    assert encoders.adopt(data, f"transformers:{mine}") == "transformers:net"
    assert sorted(path.name for path in (data.weights("encoders") / "net").iterdir()) == [
        "config.json",
        "model.safetensors",
        "preprocessor_config.json",
    ]
    second = encoders.adopt(data, f"transformers:{other}")
    assert second.startswith("transformers:net-")
    copied = Path(encoders.trusted_name(data, second).partition(":")[2])
    assert (copied / "model.safetensors").read_bytes() == b"others"
