"""Decoding: shrink-on-load, scaling of deep pixels, limits and damage."""

import pickle
import warnings

import numpy as np
import pytest
from PIL import Image

from tamis.images.decode import decode
from tamis.model.image import BadImage, BadImageReason
from tests.images import corpus


@pytest.mark.parametrize(
    ("longest_side", "size"),
    [(None, (1600, 1000)), (1600, (1600, 1000)), (900, (1600, 1000)), (800, (800, 500)), (512, (600, 375)),
     (300, (400, 250)), (100, (200, 125)), (5000, (1600, 1000))],
)  # fmt: skip
def test_a_jpeg_shrinks_by_two_or_more_and_never_below_the_side(
    longest_side: int | None, size: tuple[int, int]
) -> None:
    for portrait in (False, True):
        width, height = (1000, 1600) if portrait else (1600, 1000)
        decoded = decode(corpus.jpeg(width, height), longest_side)
        assert (decoded.width, decoded.height) == (width, height)
        assert decoded.pixels.shape[1::-1] == (size[::-1] if portrait else size)


@pytest.mark.parametrize("name", ["plain.png", "alpha.png", "palette.png", "cmyk.jpg", "photo.heic"])
def test_what_pillow_shrinks_keeps_the_side_and_the_picture(name: str) -> None:
    data = corpus.GOOD[name]()
    whole = decode(data)
    small = decode(data, 20)
    assert 20 <= max(small.pixels.shape) < 45
    assert (small.width, small.height) == (whole.width, whole.height)
    shrunk = Image.fromarray(whole.pixels).reduce(max(whole.width, whole.height) // 20)
    assert np.abs(small.pixels.astype(int) - np.asarray(shrunk)).mean() < 1.5


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_shrunk_jpeg_is_upright_too(orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = corpus.encoded(corpus.scene(640, 400), "JPEG", quality=95, exif=exif)
    whole, small = decode(data), decode(data, 160)
    assert max(small.pixels.shape) == 160
    expected = Image.fromarray(whole.pixels).reduce(4)
    assert np.abs(small.pixels.astype(int) - np.asarray(expected)).mean() < 3
    assert whole.pixels.shape == (whole.height, whole.width, 3)
    assert whole.pixels.flags.c_contiguous


@pytest.mark.parametrize("name", ["grey 16 bit.png", "grey 16 bit.tiff"])
def test_sixteen_bits_are_scaled_and_not_clipped(name: str) -> None:
    decoded = decode(corpus.GOOD[name]())
    assert decoded.mode == "I;16"
    assert np.array_equal(decoded.pixels[..., 0], np.rint(corpus.ramp16() / 257).astype(np.uint8))


def test_sixteen_bits_of_colour_are_scaled_and_not_clipped() -> None:
    assert np.array_equal(decode(corpus.rgb16()).pixels, np.asarray(corpus.scene()))


def test_twelve_bits_have_their_own_white() -> None:
    assert decode(corpus.tiff12(0x000FFF)).pixels[0, :, 0].tolist() == [0, 255]
    assert decode(corpus.tiff12(0x000800)).pixels[0, :, 0].tolist() == [0, 128]


@pytest.mark.parametrize("kind", [np.float32, np.int32])
def test_values_without_a_white_are_stretched(kind: type) -> None:
    values = (np.arange(60 * 90).reshape(60, 90) - 1000).astype(kind)
    pixels = decode(corpus.encoded(Image.fromarray(values), "TIFF")).pixels
    assert (pixels.min(), pixels.max()) == (0, 255)
    assert (np.diff(pixels[..., 0].ravel().astype(int)) >= 0).all()
    flat = decode(corpus.encoded(Image.fromarray(np.full((4, 4), 7, kind)), "TIFF")).pixels
    assert (flat == 0).all()


def test_not_a_number_does_no_harm() -> None:
    values = np.array([[np.nan, 0.0], [np.inf, 2.0]], np.float32)
    pixels = decode(corpus.encoded(Image.fromarray(values), "TIFF")).pixels
    assert pixels[..., 0].tolist() == [[0, 0], [0, 255]]


def test_the_limit_on_pixels_is_checked_on_the_header() -> None:
    data = corpus.jpeg(400, 300)
    assert decode(data, pixel_limit=120_000).width == 400
    with pytest.raises(BadImage) as caught:
        decode(data[:1000], pixel_limit=119_999)  # its pixels are not even there
    assert caught.value.reason is BadImageReason.TOO_MANY_PIXELS


def test_a_picture_within_the_limit_brings_no_warning_of_pillow() -> None:
    data = corpus.png(10_000, 9_900, 1, 0, (bytes(1250) for _ in range(9_900)))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert decode(data, 512).width == 10_000


@pytest.mark.parametrize("maker", [corpus.jpeg, corpus.cmyk_jpeg, corpus.GOOD["progressive.jpg"]])
def test_a_jpeg_cut_anywhere_is_refused(maker: corpus.Maker) -> None:
    data = maker()
    for end in {*range(1, len(data), len(data) // 40), len(data) - 1, len(data) - 2}:
        with pytest.raises(BadImage):
            decode(data[:end])
        with pytest.raises(BadImage):
            decode(data[:end], 20)


def test_no_damage_brings_anything_but_a_bad_image() -> None:
    generator = np.random.default_rng(0)
    for name in ("plain.jpg", "plain.png", "alpha.webp", "animation.gif", "compressed.tiff", "photo.heic",
                 "palette.png", "plain.bmp", "orientation 6.jpeg"):  # fmt: skip
        data = np.frombuffer(corpus.GOOD[name](), np.uint8)
        for _ in range(150):
            damaged = data.copy()
            damaged[generator.integers(0, min(len(data), 400), 4)] = generator.integers(0, 256, 4)
            try:
                decode(damaged.tobytes(), 64, pixel_limit=1_000_000)
            except BadImage:
                continue


def test_a_bad_image_survives_pickling() -> None:
    error = pickle.loads(pickle.dumps(BadImage(BadImageReason.TRUNCATED)))
    assert (error.reason, error.message, error.code) == (
        BadImageReason.TRUNCATED,
        BadImageReason.TRUNCATED.value,
        "unsupported",
    )
