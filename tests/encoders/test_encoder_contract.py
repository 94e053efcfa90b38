"""What every encoder promises, run over the registry."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from tamis.encoders import Encoder, encoder_facts, encoder_names, open_encoder
from tamis.model.errors import Invalid
from tests.encoders.networks import network

FUNCTION = "python:tests.encoders.networks:mean_colours"


@pytest.fixture(scope="module", params=["lite0", "pixels", "onnx:FILE", FUNCTION])
def name(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The full name of an encoder of every scheme that needs no torch."""
    if request.param != "onnx:FILE":
        return str(request.param)
    return f"onnx:{network(tmp_path_factory.mktemp('weights') / 'net.onnx')}"


@pytest.fixture(scope="module")
def encoder(name: str, tmp_path_factory: pytest.TempPathFactory) -> Encoder:
    return open_encoder(name, tmp_path_factory.mktemp("cache"))


def pictures(encoder: Encoder, n: int, seed: int = 0) -> np.ndarray:
    """Blobs of colour rather than noise: noise looks the same to every encoder."""
    generator = np.random.default_rng(seed)
    coarse = generator.integers(0, 256, (n, 7, 7, 3), dtype=np.uint8)
    size = encoder.input_size
    return coarse[:, np.arange(size) * 7 // size][:, :, np.arange(size) * 7 // size]


def test_every_installation_has_both_encoders() -> None:
    assert encoder_names() == ["lite0", "pixels"]


@pytest.mark.parametrize("count", [0, 1, 5])
def test_one_finite_float32_row_an_image(encoder: Encoder, count: int) -> None:
    vectors = encoder.encode(pictures(encoder, count))
    assert vectors.dtype == np.float32
    assert vectors.shape == (count, encoder.dimension)
    assert np.isfinite(vectors).all()


def test_the_same_images_give_the_same_bits(encoder: Encoder, name: str, tmp_path: Path) -> None:
    images = pictures(encoder, encoder.batch_size + 3)
    first = encoder.encode(images)
    assert encoder.encode(images).tobytes() == first.tobytes()
    assert open_encoder(name, tmp_path).encode(images).tobytes() == first.tobytes()


def test_calls_from_several_threads_give_the_bits_of_calls_in_turn(encoder: Encoder) -> None:
    batches = [pictures(encoder, encoder.batch_size, seed) for seed in range(8)]
    in_turn = [encoder.encode(batch).tobytes() for batch in batches]
    with ThreadPoolExecutor(4) as pool:
        assert [vectors.tobytes() for vectors in pool.map(encoder.encode, batches)] == in_turn


def test_aligned_batches_equal_one_call_bit_for_bit(encoder: Encoder) -> None:
    images = pictures(encoder, 2 * encoder.batch_size + 1)
    parts = [
        encoder.encode(images[i : i + encoder.batch_size]) for i in range(0, len(images), encoder.batch_size)
    ]
    assert np.concatenate(parts).tobytes() == encoder.encode(images).tobytes()


def test_a_row_depends_on_its_image_only(encoder: Encoder) -> None:
    images = pictures(encoder, 6)
    others = pictures(encoder, 6, seed=1)
    others[4] = images[2]
    np.testing.assert_allclose(encoder.encode(others)[4], encoder.encode(images)[2], rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(
        encoder.encode(images[2:3])[0], encoder.encode(images)[2], rtol=1e-5, atol=1e-6
    )


def test_the_input_is_untouched_and_may_be_any_view(encoder: Encoder) -> None:
    images = pictures(encoder, 4)
    images.setflags(write=False)
    flipped = images[:, :, ::-1]
    assert (encoder.encode(flipped) == encoder.encode(np.ascontiguousarray(flipped))).all()


@pytest.mark.parametrize("wrong", ["float32", "no batch", "channels first", "another size"])
def test_other_shapes_and_types_are_refused_by_name(encoder: Encoder, wrong: str) -> None:
    side = encoder.input_size
    images = {
        "float32": np.zeros((1, side, side, 3), np.float32),
        "no batch": np.zeros((side, side, 3), np.uint8),
        "channels first": np.zeros((1, 3, side, side), np.uint8),
        "another size": np.zeros((1, side + 1, side + 1, 3), np.uint8),
    }[wrong]
    with pytest.raises(Invalid) as refusal:
        encoder.encode(images)
    assert (str(images.dtype) if wrong == "float32" else str(images.shape)) in refusal.value.message
    assert refusal.value.field == "images"


def test_facts_agree_with_what_comes_out(encoder: Encoder) -> None:
    facts = encoder.facts()
    if encoder.takes is None:
        assert facts == encoder_facts(encoder.name)
    assert (facts.name, facts.dimension) == (encoder.name, encoder.dimension)
    assert len(facts.weights) == 64
    assert facts.preprocessing["size"] == encoder.input_size


def test_an_unknown_name_is_answered_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(
        Invalid, match=r"no encoder 'lite'; did you mean 'lite0'.*There are: .*lite0, onnx:FILE, .*pixels"
    ):
        open_encoder("lite", tmp_path)
    with pytest.raises(Invalid, match="There are"):
        encoder_facts("")


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("lite0:224", "'lite0' takes nothing after its name: 'lite0:224'"),
        ("pixels:", "'pixels' takes nothing"),
        ("onnx", "needs to be told what to open: onnx:FILE"),
        ("python:", "python:MODULE:FUNCTION"),
    ],
)
def test_a_rest_that_is_missing_or_one_too_many_is_named(name: str, sentence: str, tmp_path: Path) -> None:
    with pytest.raises(Invalid, match=sentence) as refusal:
        open_encoder(name, tmp_path)
    assert refusal.value.field == "encoder"


def test_names_and_facts_load_no_runtime() -> None:
    program = (
        "import sys; from tamis.encoders import encoder_facts, encoder_names; "
        "[encoder_facts(name) for name in encoder_names()]; "
        "print(sorted({'onnx', 'onnxruntime', 'torch', 'numba', 'PIL'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
