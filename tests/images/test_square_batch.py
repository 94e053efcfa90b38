"""Squares straight from files: what is decoded cheaply looks like what is decoded in full."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from tamis.images.square import square
from tamis.images.square_batch import SquareTask, square_task, squares_of
from tamis.model.image import BadImage, BadImageReason

SIZE = 32


def encoded(kind: str, size: tuple[int, int] = (160, 120), **more: object) -> bytes:
    low = np.random.default_rng(0).integers(0, 256, (6, 8, 3), dtype=np.uint8)
    picture = Image.fromarray(low).resize(size, Image.Resampling.BICUBIC)
    mode = str(more.pop("mode", "RGB"))
    file = io.BytesIO()
    picture.convert(mode).save(file, kind, **more)
    return file.getvalue()


def in_full(data: bytes) -> np.ndarray:
    picture = ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB")
    return np.asarray(picture.resize((SIZE, SIZE), Image.Resampling.BILINEAR)).astype(int)


CASES = {
    "jpeg": encoded("JPEG", quality=90),
    "wide": encoded("JPEG", (400, 40), quality=90),
    "high": encoded("JPEG", (40, 400), quality=90),
    "grey": encoded("JPEG", mode="L"),
    "cmyk": encoded("JPEG", mode="CMYK"),
    "png": encoded("PNG"),
    "palette": encoded("PNG", mode="P"),
    "webp": encoded("WEBP", quality=90),
    "small": encoded("PNG", (9, 7)),
    "pixel": encoded("PNG", (1, 1)),
    "exact": encoded("JPEG", (SIZE, SIZE), quality=95),
}
for _turn in (3, 6, 8):
    _exif = Image.Exif()
    _exif[0x0112] = _turn
    CASES[f"turned {_turn}"] = encoded("JPEG", quality=90, exif=_exif)


@pytest.mark.parametrize("case", CASES)
def test_a_square_looks_like_the_full_picture_squashed(case: str) -> None:
    found = square(CASES[case], SIZE)
    assert (found.shape, found.dtype) == ((SIZE, SIZE, 3), np.uint8)
    assert np.abs(found - in_full(CASES[case])).mean() < 4


def test_bad_files_are_refused_with_their_reason_and_cost_no_other(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(CASES["jpeg"])
    (tmp_path / "b.jpg").write_bytes(CASES["jpeg"][:-400])
    (tmp_path / "c.jpg").write_bytes(b"text")
    (tmp_path / "d.jpg").write_bytes(CASES["png"])
    names = (b"a.jpg", b"b.jpg", b"c.jpg", b"d.jpg", b"e.jpg", b"../f.jpg")
    task = SquareTask(bytes(tmp_path), names, SIZE, threads=2)
    answer = [list(one) for one in square_task(task)]  # as it comes from the other process
    results = squares_of(task, answer)
    assert [one.reason for one in results] == [
        None,
        BadImageReason.TRUNCATED,
        BadImageReason.NOT_AN_IMAGE,
        None,
        BadImageReason.VANISHED,
        BadImageReason.OUTSIDE,
    ]
    assert results[0].pixels is not None and results[3].pixels is not None
    assert (results[0].pixels == square(CASES["jpeg"], SIZE)).all()


@pytest.mark.parametrize("answer", [None, [], [[b"short", None]], [["text", None]], [[None, "no reason"]]])
def test_an_answer_that_is_none_is_refused(answer: object) -> None:
    with pytest.raises(ValueError):
        squares_of(SquareTask(b"/", (b"a",), SIZE), answer)


def test_too_many_pixels_are_refused_before_decoding() -> None:
    with pytest.raises(BadImage):
        square(CASES["png"], SIZE, pixel_limit=100)
