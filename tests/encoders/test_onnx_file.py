"""A network of the user's own: what goes in and comes out, and each way in which a file can be wrong."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
from onnx import TensorProto

from tamis.encoders import open_encoder
from tamis.model.errors import Invalid
from tests.encoders.networks import SIDE, external, network

PICTURES = np.random.default_rng(0).integers(0, 256, (5, SIDE, SIDE, 3), dtype=np.uint8)


def opened(path: Path):
    return open_encoder(f"onnx:{path}", path.parent)


def test_pictures_are_normalised_as_the_file_beside_it_says(tmp_path: Path) -> None:
    path = network(tmp_path / "net.onnx")
    beside = {"mean": [100, 0, 50], "std": [2, 1, 4]}
    (tmp_path / "net.json").write_text(json.dumps(beside))
    encoder = opened(path)
    expected = (PICTURES.mean(axis=(1, 2)) - beside["mean"]) / beside["std"]
    np.testing.assert_allclose(encoder.encode(PICTURES), expected, rtol=1e-5)
    facts = encoder.facts()
    assert (facts.name, facts.dimension) == ("onnx:net.onnx", 3)
    assert facts.weights == hashlib.sha256(path.read_bytes()).hexdigest()
    assert facts.preprocessing == {
        "color": "rgb",
        "size": SIDE,
        "layout": "nchw",
        "output": "vectors",
        "subtract": beside["mean"],
        "divide": beside["std"],
    }


@pytest.mark.parametrize(
    ("shape", "kind"),
    [
        (("n", SIDE, SIDE, 3), TensorProto.UINT8),
        ((4, 3, SIDE, SIDE), TensorProto.UINT8),  # a batch that the file fixes
        ((1, SIDE, SIDE, 3), TensorProto.UINT8),
    ],
)
def test_either_layout_and_any_batch_give_the_same_vectors(
    tmp_path: Path, shape: tuple[int | str, ...], kind: int
) -> None:
    encoder = opened(network(tmp_path / "net.onnx", shape=shape, kind=kind))
    np.testing.assert_allclose(encoder.encode(PICTURES), PICTURES.mean(axis=(1, 2)), rtol=1e-5)


def test_a_size_that_the_file_leaves_open_is_224_or_what_stands_beside(tmp_path: Path) -> None:
    path = network(tmp_path / "net.onnx", shape=("n", 3, "height", "width"))
    assert opened(path).input_size == 224
    (tmp_path / "net.json").write_text('{"size": 32}')
    assert opened(path).input_size == 32


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"shape": ("n", 4, SIDE, SIDE)}, "takes the shape .*, not pictures"),
        ({"shape": ("n", 3, SIDE, 16)}, "not squares of"),
        ({"kind": TensorProto.INT64}, "int64"),
        ({"pooled": False}, r"has the shape \(1, 3, 8, 8\), not one vector"),
        ({"inputs": 2}, "has 2 inputs"),
    ],
)
def test_a_network_of_another_kind_is_refused(tmp_path: Path, change: dict, sentence: str) -> None:
    path = network(tmp_path / "net.onnx", **change)
    with pytest.raises(Invalid, match=sentence) as refusal:
        opened(path)
    assert str(path) in refusal.value.message


@pytest.mark.parametrize(
    ("beside", "sentence"),
    [
        ("{", "wrong at the file"),
        ('{"sizes": 3}', "wrong at sizes"),
        ('{"std": [1, 0, 1]}', r"wrong at std\.1"),
        ('{"output": "logits"}', "no output 'logits'. It has: vectors"),
        ('{"size": 9}', "not squares of 9 pixels"),
    ],
)
def test_a_wrong_file_beside_it_is_refused(tmp_path: Path, beside: str, sentence: str) -> None:
    path = network(tmp_path / "net.onnx")
    (tmp_path / "net.json").write_text(beside)
    with pytest.raises(Invalid, match=sentence):
        opened(path)


def test_no_file_an_empty_one_and_one_of_another_kind_are_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "net.onnx"
    with pytest.raises(Invalid, match=r"no file .*net\.onnx.*Nothing is downloaded"):
        opened(path)
    path.write_bytes(b"")
    with pytest.raises(Invalid, match="is empty"):
        opened(path)
    path.write_bytes(b"\xff\xd8\xff no network")
    with pytest.raises(Invalid, match="is no ONNX file"):
        opened(path)
    path.write_bytes(network(path).read_bytes()[:-20])
    with pytest.raises(Invalid, match=r"net\.onnx"):
        opened(path)
    with pytest.raises(Invalid, match="cannot be read"):
        opened(tmp_path)


def test_weights_in_a_second_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="second file"):
        opened(external(tmp_path / "net.onnx"))
