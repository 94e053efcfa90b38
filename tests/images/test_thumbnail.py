"""Thumbnails and the encoders' squares."""

import io

import numpy as np
import pytest
from PIL import Image

from tamis.images.square import square, squares
from tamis.images.thumbnail import encode, shrink, smaller
from tamis.model.image import BadImage
from tests.images import corpus


@pytest.mark.parametrize(
    ("size", "expected"),
    [((640, 480), (512, 384)), ((480, 640), (384, 512)), ((512, 512), (512, 512)), ((100, 60), (100, 60)),
     ((3000, 1), (512, 1)), ((1, 1), (1, 1))],
)  # fmt: skip
def test_the_longest_side_is_512_at_most(size: tuple[int, int], expected: tuple[int, int]) -> None:
    picture = Image.open(io.BytesIO(encode(shrink(np.asarray(corpus.scene(*size))))))
    assert (picture.size, picture.format, picture.mode) == (expected, "JPEG", "RGB")


def test_a_thumbnail_has_the_same_bytes_each_time_and_no_exif() -> None:
    pixels = np.asarray(corpus.scene(700, 500))
    data = encode(shrink(pixels))
    assert data == encode(shrink(pixels.copy()))
    assert not Image.open(io.BytesIO(data)).getexif()


def test_fine_patterns_turn_grey() -> None:
    stripes = np.zeros((1024, 1024, 3), np.uint8)
    stripes[:, ::2] = 255
    assert np.abs(shrink(stripes)[:, 4:-4].astype(int) - 127).max() <= 2


@pytest.mark.parametrize("size", [32, 224, 256, 512, 640])
def test_a_square_is_pillows_up_to_the_shrinking_decoder(size: int) -> None:
    data = encode(np.asarray(corpus.scene(512, 384)))
    result = square(data, size)
    expected = Image.open(io.BytesIO(data)).resize((size, size), Image.Resampling.BILINEAR)
    assert (result.shape, result.dtype) == ((size, size, 3), np.uint8)
    assert np.abs(result.astype(int) - np.asarray(expected)).mean() < 1.5


@pytest.mark.parametrize("threads", [1, 3])
def test_squares_keep_their_order(threads: int) -> None:
    data = [encode(np.asarray(corpus.scene(512, 384, seed))) for seed in range(7)]
    result = squares(data, 64, threads)
    assert np.array_equal(result, np.stack([square(thumb, 64) for thumb in data]))
    assert squares([], 64, threads).shape == (0, 64, 64, 3)


@pytest.mark.parametrize("threads", [1, 2])
def test_a_damaged_thumbnail_is_refused(threads: int) -> None:
    data = encode(np.asarray(corpus.scene()))
    with pytest.raises(BadImage):
        squares([data, data[:500]], 64, threads)


@pytest.mark.parametrize(
    ("size", "longest", "expected"),
    [((512, 384), 160, (160, 120)), ((384, 512), 160, (120, 160)), ((512, 2), 160, (160, 1)),
     ((200, 100), 160, (160, 80)), ((1, 512), 16, (1, 16)), ((512, 512), 511, (511, 511))],
)  # fmt: skip
def test_a_thumbnail_is_shrunk_further_for_a_grid(
    size: tuple[int, int], longest: int, expected: tuple[int, int]
) -> None:
    data = smaller(encode(np.asarray(corpus.scene(*size))), longest)
    picture = Image.open(io.BytesIO(data))
    assert (picture.size, picture.format, picture.mode) == (expected, "JPEG", "RGB")


def test_a_thumbnail_that_is_small_enough_stays_as_it_is() -> None:
    data = encode(np.asarray(corpus.scene(160, 120)))
    assert smaller(data, 160) == data


def test_a_grid_of_pictures_is_a_few_kilobytes_each_and_looks_like_the_original() -> None:
    scene = corpus.scene(512, 384)
    data = smaller(encode(np.asarray(scene)), 160)
    assert len(data) < 7_000
    exact = np.asarray(scene.resize((160, 120), Image.Resampling.BOX), np.float32)
    assert np.abs(np.asarray(Image.open(io.BytesIO(data)), np.float32) - exact).mean() < 8


@pytest.mark.parametrize("data", [b"", b"thumbnail", b"\xff\xd8\xff\xd9"])
def test_what_is_no_jpeg_is_not_shrunk(data: bytes) -> None:
    with pytest.raises(BadImage):
        smaller(data, 160)
