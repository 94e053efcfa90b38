"""Folders of timm up to where the library takes over; `tests/extras/check_timm.py` is for the rest."""

import json
import sys
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

from tamis.encoders import open_encoder
from tamis.encoders.model_folder import read_folder
from tamis.encoders.timm_folder import TimmFolder, read_preparation
from tamis.model.errors import Invalid, Unavailable

PREPARED = {"input_size": [3, 14, 14], "crop_pct": 0.875, "mean": [0.5] * 3, "std": [0.25] * 3}


def written(folder: Path, architecture: object = "resnet18", **more: Any) -> Path:
    config = {"architecture": architecture, "pretrained_cfg": PREPARED} | more
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "model.safetensors").write_bytes(b"weights")
    return folder


def test_preparation_and_facts_come_from_the_configuration(tmp_path: Path) -> None:
    class MeanColours:
        facts: ClassVar = {"architecture": "resnet18", "timm": 1}

        def features(self, pictures: np.ndarray) -> np.ndarray:
            return pictures.mean(axis=(2, 3))

    found = read_folder(written(tmp_path))
    encoder = TimmFolder(tmp_path, found, read_preparation(found), MeanColours())
    pictures = np.random.default_rng(0).integers(0, 256, (2, 16, 16, 3), dtype=np.uint8)
    expected = (pictures[:, 1:15, 1:15].mean(axis=(1, 2)) / 255 - 0.5) / 0.25
    np.testing.assert_allclose(encoder.encode(pictures), expected, rtol=1e-4, atol=1e-5)
    facts = encoder.facts()
    assert (facts.name, facts.dimension) == (f"timm:{tmp_path.name}", 3)
    kept = facts.preprocessing
    assert (kept["size"], kept["crop"], kept["subtract"], kept["divide"]) == (
        16,
        14,
        [127.5] * 3,
        [63.75] * 3,
    )
    assert (kept["architecture"], kept["timm"], kept["config"]) == ("resnet18", 1, found.config_sha256)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"pretrained_cfg": None}, "wrong at pretrained_cfg: "),
        (
            {"pretrained_cfg": PREPARED | {"input_size": [1, 14, 14]}},
            r"wrong at pretrained_cfg\.input_size\.0",
        ),
        ({"pretrained_cfg": PREPARED | {"input_size": [3, 14, 16]}}, "takes pictures of 14 x 16 pixels"),
        ({"pretrained_cfg": PREPARED | {"crop_mode": "border"}}, r"wrong at pretrained_cfg\.crop_mode"),
        ({"pretrained_cfg": PREPARED | {"std": [0, 1, 1]}}, r"wrong at pretrained_cfg\.std\.0"),
        ({"architecture": None}, "names no architecture"),
        ({"architecture": "hf-hub:somebody/model"}, "names no architecture, but 'hf-hub:somebody/model'"),
        ({"model_args": {"checkpoint_path": "evil.pth"}}, "asks for the model_args .*Export it"),
    ],
)
def test_what_a_folder_may_not_ask_for_is_refused_before_the_library_loads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: dict[str, Any], sentence: str
) -> None:
    monkeypatch.setitem(sys.modules, "timm", None)  # importing it would be another error
    with pytest.raises(Invalid, match=sentence):
        open_encoder(f"timm:{written(tmp_path, **change)}", tmp_path)


def test_without_the_library_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "timm", None)  # as Python marks what cannot be imported
    with pytest.raises(Unavailable, match=r'needs timm, .*pip install "tamis\[timm\]"'):
        open_encoder(f"timm:{written(tmp_path)}", tmp_path)
