"""Lite0 against a second telling of the network, and the cache against damage and company."""

import hashlib
import multiprocessing
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.lib.stride_tricks import sliding_window_view

from tamis.encoders import lite0, open_encoder
from tamis.encoders.conversion.legacy_torch import read_legacy
from tamis.encoders.conversion.lite0_graph import draw
from tamis.model.errors import Unavailable


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cache")
    lite0.converted(folder)
    return folder


class Reference:
    """The network in plain numpy, one image, batch norms not folded, written from the architecture table."""

    def __init__(self, weights: dict[str, np.ndarray]) -> None:
        self.weights = weights

    def convolve(self, x: np.ndarray, name: str, stride: int = 1, depthwise: bool = False) -> np.ndarray:
        kernel = self.weights[f"{name}.weight"].astype(np.float64)
        size = kernel.shape[-1]
        pads = []
        for length in x.shape[1:]:
            total = max((-(-length // stride) - 1) * stride + size - length, 0)
            pads.append((total // 2, total - total // 2))
        windows = sliding_window_view(np.pad(x, [(0, 0), *pads]), (size, size), axis=(1, 2))
        windows = windows[:, ::stride, ::stride]
        if depthwise:
            return np.einsum("chwij,cij->chw", windows, kernel[:, 0])
        return np.tensordot(kernel, windows, axes=([1, 2, 3], [0, 3, 4]))

    def norm(self, x: np.ndarray, name: str) -> np.ndarray:
        gain, bias, mean, variance = (
            self.weights[f"{name}.{part}"].astype(np.float64)[:, None, None]
            for part in ("weight", "bias", "running_mean", "running_var")
        )
        return (x - mean) / np.sqrt(variance + 1e-3) * gain + bias

    def embed(self, image: np.ndarray) -> np.ndarray:
        def relu6(x: np.ndarray) -> np.ndarray:
            return np.minimum(np.maximum(x, 0), 6)

        x = (image.astype(np.float64).transpose(2, 0, 1) - 127) / 128
        x = relu6(self.norm(self.convolve(x, "_conv_stem", 2), "_bn0"))
        strides = [1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1, 1, 1, 1]
        repeats = [0, 0, 1, 0, 1, 0, 1, 1, 0, 1, 1, 0, 1, 1, 1, 0]
        for i, (stride, repeat) in enumerate(zip(strides, repeats, strict=True)):
            block, y = f"_blocks.{i}", x
            if i > 0:
                y = relu6(self.norm(self.convolve(y, f"{block}._expand_conv"), f"{block}._bn0"))
            y = relu6(self.norm(self.convolve(y, f"{block}._depthwise_conv", stride, True), f"{block}._bn1"))
            y = self.norm(self.convolve(y, f"{block}._project_conv"), f"{block}._bn2")
            x = x + y if repeat else y
        return relu6(self.norm(self.convolve(x, "_conv_head"), "_bn1")).mean((1, 2))


@pytest.fixture(scope="module")
def reference(read_weights: Callable[[bytes], dict[str, np.ndarray]]) -> Reference:
    return Reference(read_weights(lite0.published_weights()))


def photo_like(seed: int, size: int) -> np.ndarray:
    """Smooth shading plus a few hard-edged rectangles."""
    generator = np.random.default_rng(seed)
    y, x = np.mgrid[0:size, 0:size] / size
    image = np.stack(
        [127 + 120 * np.sin(generator.uniform(1, 9) * x + generator.uniform(1, 9) * y) for _ in "rgb"], -1
    )
    for _ in range(6):
        top, left = generator.integers(0, size * 3 // 4, 2)
        height, width = generator.integers(size // 8, size // 3, 2)
        image[top : top + height, left : left + width] = generator.integers(0, 256, 3)
    return image.astype(np.uint8)


def test_the_network_equals_a_plain_numpy_one(cache: Path, reference: Reference) -> None:
    image = photo_like(0, 224)
    expected = reference.embed(image)
    found = open_encoder("lite0", cache).encode(image[None])[0]
    assert np.linalg.norm(found - expected) < 1e-4 * np.linalg.norm(expected)
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("size", [64, 96])
def test_the_graph_also_holds_at_other_sizes(size: int, reference: Reference) -> None:
    import onnxruntime

    model = draw(read_legacy(lite0.published_weights()), size)
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    image = photo_like(1, size)
    np.testing.assert_allclose(
        session.run(None, {"images": image[None]})[0][0], reference.embed(image), rtol=1e-3, atol=1e-4
    )


def test_a_shifted_picture_is_nearer_than_any_other(cache: Path) -> None:
    pictures = [photo_like(seed, 240) for seed in range(6)]
    vectors = open_encoder("lite0", cache).encode(
        np.stack([p[:224, :224] for p in pictures] + [p[6:230, 4:228] for p in pictures])
    )
    distances = np.linalg.norm(vectors[:6, None] - vectors[None, 6:], axis=2)
    assert (distances.argmin(axis=1) == np.arange(6)).all()
    others = distances[~np.eye(6, dtype=bool)]
    assert np.diag(distances).max() < others.min()


def test_a_cached_file_is_used_again_and_named_by_its_content(cache: Path) -> None:
    (path,) = cache.iterdir()
    assert path.name == f"lite0-579344248a93e230-v1-{hashlib.sha256(path.read_bytes()).hexdigest()}.onnx"
    before = path.stat().st_mtime_ns
    lite0.converted(cache)
    assert path.stat().st_mtime_ns == before


@pytest.mark.parametrize("damage", [b"", b"\0" * 100, b"half"])
def test_a_damaged_cached_file_is_made_anew(cache: Path, tmp_path: Path, damage: bytes) -> None:
    (path,) = cache.iterdir()
    whole = path.read_bytes()
    (tmp_path / path.name).write_bytes(whole[: len(whole) // 2] if damage == b"half" else damage)
    assert lite0.converted(tmp_path) == whole
    assert [found.name for found in tmp_path.iterdir()] == [path.name]
    assert (tmp_path / path.name).read_bytes() == whole


def test_two_processes_may_convert_at_once(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        first, second = pool.map(lite0.converted, [tmp_path, tmp_path], chunksize=1)
    assert first == second
    (path,) = tmp_path.iterdir()
    assert path.read_bytes() == first


def test_changed_weights_are_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    models = tmp_path / "models"
    models.mkdir()
    monkeypatch.setattr(lite0.resources, "files", lambda _: tmp_path)
    with pytest.raises(Unavailable, match="are not there"):
        lite0.converted(tmp_path / "cache")
    (models / "efficientnet-lite0-57934424.pth").write_bytes(b"changed")
    with pytest.raises(Unavailable, match="have the SHA-256"):
        lite0.converted(tmp_path / "cache")
    assert not (tmp_path / "cache").exists()
