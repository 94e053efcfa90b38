"""A JPEG at less than its size: the pixels of the definition, every usual kind, and no fault passed over."""

import io
import itertools

import numpy as np
import pytest
import simplejpeg
from numpy.typing import NDArray
from PIL import Image
from scipy.fft import dctn, idctn

from tamis.images.jpeg.shrink import shrunk
from tamis.images.jpeg.transform import frequencies
from tests.images import corpus

Size = tuple[int, int]
TARGETS = pytest.mark.parametrize("target", [(40, 25), (70, 61), (110, 9), (212, 133), (319, 200)])
SHARES = pytest.mark.parametrize("share", [1 / 8, 1 / 4, 0.6])


def by_definition(plane: NDArray[np.uint8], target: Size) -> NDArray[np.float32]:
    """Shrink a plane: the cosines of its blocks but for the highest, and Pillow's triangles, unrounded."""
    rows, columns = (side // 8 for side in plane.shape)
    blocks = plane.reshape(rows, 8, columns, 8).transpose(0, 2, 1, 3).astype(float)
    waves = dctn(blocks, axes=(2, 3), norm="ortho")
    waves[:, :, frequencies(plane.shape[0], target[1]) :] = 0
    waves[:, :, :, frequencies(plane.shape[1], target[0]) :] = 0
    low = idctn(waves, axes=(2, 3), norm="ortho").transpose(0, 2, 1, 3).reshape(plane.shape)
    return np.asarray(Image.fromarray(low.astype(np.float32)).resize(target, Image.Resampling.BILINEAR))


def part(size: Size, share: float) -> Size:
    return max(1, round(size[0] * share)), max(1, round(size[1] * share))


@pytest.mark.parametrize(
    ("extent", "target", "kept"),
    [(4000, 48, 1), (4000, 512, 2), (800, 100, 2), (500, 224, 6), (375, 224, 8), (1920, 224, 2),
     (300, 200, 8), (300, 299, 8), (187.5, 224, 8), (0.5, 1, 8), (100_000, 1, 1)],
)  # fmt: skip
def test_frequencies_up_to_half_more_than_can_be_shown_are_kept(
    extent: float, target: int, kept: int
) -> None:
    assert frequencies(extent, target) == kept


def mild_noise(width: int, height: int, seed: int = 0) -> Image.Image:
    """Return a picture with detail in every block, far from black and white, so that nothing is clipped."""
    generator = np.random.default_rng(seed)
    smooth = np.asarray(corpus.scene(width, height, seed), float) * 0.3 + 90
    return Image.fromarray((smooth + generator.normal(0, 9, smooth.shape)).astype(np.uint8))


@TARGETS
@pytest.mark.parametrize("quality", [40, 90, 100])
def test_grey_is_what_the_definition_says(target: Size, quality: int) -> None:
    data = corpus.encoded(mild_noise(320, 200).convert("L"), "JPEG", quality=quality)
    whole = np.asarray(Image.open(io.BytesIO(data)))
    small = shrunk(data, (320, 200), target)
    assert small is not None
    assert small.shape == (target[1], target[0], 3)
    assert (small == small[:, :, :1]).all()
    assert np.abs(small[:, :, 0] - by_definition(whole, target)).max() <= 1.1  # `whole` is rounded


@TARGETS
def test_colours_are_what_the_definition_says(target: Size) -> None:
    data = corpus.encoded(mild_noise(320, 200), "JPEG", quality=95, subsampling=0)
    with Image.open(io.BytesIO(data)) as picture:
        picture.draft("YCbCr", picture.size)
        planes = np.asarray(picture)
    y, blue, red = (by_definition(planes[:, :, each], target) for each in range(3))
    blue, red = blue - 128, red - 128
    rgb = np.stack([y + 1.402 * red, y - 0.344136 * blue - 0.714136 * red, y + 1.772 * blue], axis=2)
    small = shrunk(data, (320, 200), target)
    assert small is not None
    assert np.abs(small - rgb).max() <= 3


KINDS = list(
    itertools.product(
        ["444", "422", "420", "440", "Gray"], [(200, 120), (201, 123), (8, 8), (1, 1), (17, 300)]
    )
)


@SHARES
@pytest.mark.parametrize(("sampling", "size"), KINDS)
def test_every_usual_kind_is_nearly_what_pillow_makes_of_it(share: float, sampling: str, size: Size) -> None:
    rgb = np.ascontiguousarray(np.asarray(corpus.scene(600, 400).crop((0, 0, *size))))
    if sampling == "Gray":
        data = simplejpeg.encode_jpeg(
            np.ascontiguousarray(rgb[:, :, :1]), 90, colorspace="GRAY", colorsubsampling="Gray"
        )
    else:
        data = simplejpeg.encode_jpeg(rgb, 90, colorspace="RGB", colorsubsampling=sampling)
    target = part(size, share)
    small = shrunk(data, size, target)
    assert small is not None
    whole = Image.open(io.BytesIO(data)).convert("RGB").resize(target, Image.Resampling.BILINEAR)
    assert np.abs(small.astype(float) - np.asarray(whole)).mean() < 2


@SHARES
@pytest.mark.parametrize(
    "restarts", [{"restart_marker_blocks": 1}, {"restart_marker_blocks": 7}, {"restart_marker_rows": 1}]
)
def test_restarts_change_nothing(share: float, restarts: dict[str, int]) -> None:
    picture = mild_noise(333, 201)
    plain = corpus.encoded(picture, "JPEG", quality=90)
    cut = corpus.encoded(picture, "JPEG", quality=90, **restarts)
    assert cut.count(b"\xff\xd3") > 0
    ours = shrunk(cut, picture.size, part(picture.size, share))
    assert ours is not None
    assert np.array_equal(ours, shrunk(plain, picture.size, part(picture.size, share)))


@SHARES
@pytest.mark.parametrize("sampling", [0, 1, 2])
def test_codes_made_for_the_picture_change_nothing(share: float, sampling: int) -> None:
    """At quality 100 noise has no zeros: blocks end with their 64th coefficient, and symbols are long."""
    pixels = np.random.default_rng(sampling).integers(0, 256, (96, 120, 3), dtype=np.uint8)
    picture = Image.fromarray(pixels)
    usual, made = (
        corpus.encoded(picture, "JPEG", quality=100, subsampling=sampling, optimize=optimize)
        for optimize in (False, True)
    )
    assert len(usual) > len(made)
    ours = shrunk(made, picture.size, part(picture.size, share))
    assert ours is not None
    assert np.array_equal(ours, shrunk(usual, picture.size, part(picture.size, share)))


@pytest.mark.parametrize(
    "options",
    [{"progressive": True}, {"keep_rgb": True}],
    ids=["progressive", "RGB"],
)  # fmt: skip
def test_a_rarer_kind_is_left_to_libjpeg(options: dict[str, bool]) -> None:
    assert shrunk(corpus.encoded(corpus.scene(), "JPEG", **options), (90, 60), (45, 30)) is None


def test_a_quarter_of_the_colours_is_left_to_libjpeg() -> None:
    rgb = np.ascontiguousarray(np.asarray(corpus.scene()))
    data = simplejpeg.encode_jpeg(rgb, 90, colorspace="RGB", colorsubsampling="411")
    assert shrunk(data, (90, 60), (45, 30)) is None


@SHARES
@pytest.mark.parametrize(("said", "decoded"), [(0x22, True), (0x11, True), (0x02, False), (0x71, False)])
def test_a_grey_picture_may_call_its_only_blocks_what_it_likes_within_the_standard(
    share: float, said: int, decoded: bool
) -> None:
    data = bytearray(corpus.encoded(mild_noise(70, 50).convert("L"), "JPEG"))
    plain = shrunk(bytes(data), (70, 50), part((70, 50), share))
    data[data.index(b"\xff\xc0") + 11] = said
    found = shrunk(bytes(data), (70, 50), part((70, 50), share))
    assert np.array_equal(found, plain) if decoded else found is None


def test_another_size_than_was_checked_is_refused() -> None:
    assert shrunk(corpus.jpeg(90, 60), (90, 60), (45, 30)) is not None
    assert shrunk(corpus.jpeg(90, 60), (60, 90), (30, 45)) is None


@pytest.mark.parametrize("restarts", [0, 3])
def test_a_file_cut_anywhere_is_not_decoded(restarts: int) -> None:
    data = corpus.encoded(mild_noise(64, 48), "JPEG", quality=80, restart_marker_blocks=restarts)
    assert shrunk(data, (64, 48), (8, 6)) is not None
    for end in range(len(data)):
        assert shrunk(data[:end], (64, 48), (8, 6)) is None


def whole_for_libjpeg(data: bytes) -> bool:
    """Tell whether libjpeg decodes this in full without a word of complaint."""
    try:
        simplejpeg.decode_jpeg(data, "RGB", strict=True)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("restarts", [0, 2])
def test_what_is_decoded_has_no_fault_that_libjpeg_finds(restarts: int) -> None:
    generator = np.random.default_rng(restarts)
    original = corpus.encoded(mild_noise(64, 48), "JPEG", quality=70, restart_marker_blocks=restarts)
    decoded = 0
    for _ in range(4000):
        damaged = bytearray(original)
        for place in generator.integers(20, len(original), generator.integers(1, 4)):
            damaged[place] = generator.choice([0, 255, generator.integers(0, 256)])
        data = bytes(damaged)
        small = shrunk(data, (64, 48), (30, 20))
        if small is not None:
            decoded += 1
            assert small.shape == (20, 30, 3)
            assert whole_for_libjpeg(data)
    assert decoded > 100  # a value may change and all else still fit
