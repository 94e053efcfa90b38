"""Decoding: shrink-on-load, scaling of deep pixels, limits and damage."""

import pickle
import warnings
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tamis.images.decode import Fit, Size, decode
from tamis.images.thumbnail import fitted, shrink
from tamis.model.image import BadImage, BadImageReason
from tests.images import corpus


def within(side: int) -> Fit:
    return lambda width, height: fitted(width, height, side)


@pytest.mark.parametrize("kind", ["JPEG", "progressive", "PNG"])
@pytest.mark.parametrize(
    "wanted", [(640, 400), (639, 400), (512, 320), (300, 399), (90, 56), (2, 300), (700, 90)]
)
def test_a_picture_is_what_pillow_makes_of_it_in_full(kind: str, wanted: Size) -> None:
    options: dict[str, Any] = {} if kind == "PNG" else {"quality": 92, "progressive": kind == "progressive"}
    data = corpus.encoded(corpus.scene(640, 400), "PNG" if kind == "PNG" else "JPEG", **options)
    whole = decode(data)
    decoded = decode(data, lambda *_: wanted)
    assert (whole.width, whole.height) == (decoded.width, decoded.height) == (640, 400)
    assert whole.pixels.shape == (400, 640, 3)
    expected = np.asarray(Image.fromarray(whole.pixels).resize(wanted, Image.Resampling.BILINEAR))
    assert decoded.pixels.shape == expected.shape
    assert np.abs(decoded.pixels.astype(int) - expected).mean() < 2


@pytest.mark.parametrize("name", ["plain.png", "alpha.png", "palette.png", "cmyk.jpg", "photo.heic"])
def test_what_pillow_shrinks_keeps_the_picture(name: str) -> None:
    data = corpus.GOOD[name]()
    whole = decode(data)
    small = decode(data, within(20))
    assert small.pixels.shape[1::-1] == fitted(whole.width, whole.height, 20)
    assert (small.width, small.height) == (whole.width, whole.height)
    assert np.abs(small.pixels.astype(int) - shrink(whole.pixels, 20)).mean() < 2


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("wanted", [(160, 100), (90, 200), (500, 300), (700, 700)])
def test_a_shrunk_jpeg_is_upright_too(orientation: int, wanted: Size) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = corpus.encoded(corpus.scene(640, 400), "JPEG", quality=95, exif=exif)
    seen: list[Size] = []

    def fit(*size: int) -> Size:
        seen.append((size[0], size[1]))
        return wanted

    whole, small = decode(data), decode(data, fit)
    assert seen == [(640, 400) if orientation < 5 else (400, 640)] == [(small.width, small.height)]
    assert small.pixels.flags.c_contiguous
    expected = np.asarray(Image.fromarray(whole.pixels).resize(wanted, Image.Resampling.BILINEAR))
    assert small.pixels.shape == expected.shape
    assert np.abs(small.pixels.astype(int) - expected).mean() < 3
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
        assert decode(data, fitted).width == 10_000


@pytest.mark.parametrize("maker", [corpus.jpeg, corpus.cmyk_jpeg, corpus.GOOD["progressive.jpg"]])
def test_a_jpeg_cut_anywhere_is_refused(maker: corpus.Maker) -> None:
    data = maker()
    for end in {*range(1, len(data), len(data) // 40), len(data) - 1, len(data) - 2}:
        with pytest.raises(BadImage):
            decode(data[:end])
        with pytest.raises(BadImage):
            decode(data[:end], within(20))


def test_no_damage_brings_anything_but_a_bad_image() -> None:
    generator = np.random.default_rng(0)
    for name in ("plain.jpg", "plain.png", "alpha.webp", "animation.gif", "compressed.tiff", "photo.heic",
                 "palette.png", "plain.bmp", "orientation 6.jpeg"):  # fmt: skip
        data = np.frombuffer(corpus.GOOD[name](), np.uint8)
        for _ in range(150):
            damaged = data.copy()
            damaged[generator.integers(0, min(len(data), 400), 4)] = generator.integers(0, 256, 4)
            try:
                decode(damaged.tobytes(), within(64), pixel_limit=1_000_000)
            except BadImage:
                continue


def test_a_bad_image_survives_pickling() -> None:
    error = pickle.loads(pickle.dumps(BadImage(BadImageReason.TRUNCATED)))
    assert (error.reason, error.message, error.code) == (
        BadImageReason.TRUNCATED,
        BadImageReason.TRUNCATED.value,
        "unsupported",
    )
