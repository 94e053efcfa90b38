"""What comes of every odd and bad file: read, and equal to Pillow's picture, or refused with its reason."""

import io
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageOps

from tamis.engine.base import Died, map_splitting
from tamis.engine.local import LocalEngine
from tamis.images.batch import ReadTask, crashed, read_batch, read_task, results_of, split
from tamis.images.decode import Fit, decode
from tamis.images.read import ReadResult, read_image
from tamis.model.image import BadImage, BadImageReason
from tests.images import corpus, functions


def reference(data: bytes) -> NDArray[np.uint8]:
    """Decode with Pillow alone, the plain way."""
    picture = Image.open(io.BytesIO(data))
    if picture.mode == "I;16":
        grey = np.rint(np.asarray(picture) / 257).astype(np.uint8)
        return np.repeat(grey[:, :, None], 3, axis=2)
    upright = ImageOps.exif_transpose(picture).convert("RGBA")
    white = Image.new("RGBA", upright.size, "white")
    return np.asarray(Image.alpha_composite(white, upright).convert("RGB"))


@pytest.mark.parametrize("name", list(corpus.GOOD))
def test_a_good_file_is_read_as_pillow_reads_it(name: str, tmp_path: Path) -> None:
    data = corpus.GOOD[name]()
    if name.endswith(".heic"):
        y, x = np.mgrid[0:48, 0:64]  # the formula that the fixture was made of
        expected = np.stack([x * 4, y * 5, (x + y) * 2], -1).astype(np.uint8)
        tolerance = 6
    else:
        expected, tolerance = reference(data), 2
    decoded = decode(data)
    assert decoded.pixels.shape == expected.shape == (decoded.height, decoded.width, 3)
    assert np.abs(decoded.pixels.astype(int) - expected).max() <= tolerance

    (tmp_path / name).write_bytes(data)
    result = read_image(tmp_path, name.encode())
    assert result.reason is None
    assert result.facts is not None
    assert result.thumbnail is not None
    assert (result.facts.width, result.facts.height) == (decoded.width, decoded.height)
    small = Image.open(io.BytesIO(result.thumbnail))
    assert (small.format, max(small.size)) == ("JPEG", min(512, max(decoded.width, decoded.height)))
    shrunk = Image.fromarray(decoded.pixels).resize(small.size, Image.Resampling.BILINEAR)
    pillows = Image.open(io.BytesIO(corpus.encoded(shrunk, "JPEG", quality=85)))
    assert np.abs(np.asarray(small).astype(int) - np.asarray(pillows)).mean() < 1.5


@pytest.mark.parametrize("name", list(corpus.BAD))
@pytest.mark.parametrize("fit", [None, lambda *_: (16, 12)], ids=["in full", "small"])
def test_a_bad_file_is_refused_with_its_reason(name: str, fit: Fit | None) -> None:
    maker, reason = corpus.BAD[name]
    with pytest.raises(BadImage) as caught:
        decode(maker(), fit)
    assert caught.value.reason is reason
    assert str(caught.value) == reason.value


@pytest.mark.parametrize("threads", [1, 2])
def test_each_file_of_a_batch_has_its_own_outcome(threads: int, tmp_path: Path) -> None:
    expected = corpus.write_corpus(tmp_path)
    root = os.fsencode(tmp_path / "root")
    results = read_batch(root, list(expected), threads)
    assert {result.relative: result.reason for result in results} == expected
    assert [result.relative for result in results] == list(expected)
    assert all((result.facts is None) == (result.reason is not None) for result in results)
    by_name = {result.relative: result for result in results}
    same = [b"plain.jpg", b"inner/same bytes as plain.jpg", b"link inside.jpg", corpus.NOT_UTF8_NAME]
    assert len({by_name[name].thumbnail for name in same}) == 1
    assert len({facts.sha256 for name in same if (facts := by_name[name].facts)}) == 1


def test_every_reason_has_a_file_that_shows_it(tmp_path: Path) -> None:
    shown = set(corpus.write_corpus(tmp_path).values())
    elsewhere = {BadImageReason.UNREADABLE, BadImageReason.CRASHED}  # the tests below
    assert shown | elsewhere == {None, *BadImageReason}


def test_a_file_that_may_not_be_read_is_unreadable() -> None:
    program = (
        "import os, sys\n"
        "from tamis.images.read import read_image\n"
        "if os.getuid() == 0: os.setuid(65534)\n"
        "print(*(read_image(sys.argv[1], name).reason.name for name in (b'a.jpg', b'closed/a.jpg')))\n"
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "closed").mkdir()
        for path in (folder / "a.jpg", folder / "closed/a.jpg"):
            path.write_bytes(corpus.jpeg())
        (folder / "a.jpg").chmod(0)
        (folder / "closed").chmod(0)
        done = subprocess.run(
            [sys.executable, "-c", program, name], capture_output=True, text=True, timeout=60, check=False
        )
        (folder / "closed").chmod(0o700)
    assert (done.stdout.split(), done.stderr) == (["UNREADABLE", "UNREADABLE"], "")


@pytest.mark.parametrize("relative", [b"../outside/secret.jpg", b"inner/../../outside/a.jpg", b"/etc/hosts"])
def test_a_path_that_climbs_out_is_outside(relative: bytes, tmp_path: Path) -> None:
    corpus.write_corpus(tmp_path)
    assert read_image(tmp_path / "root", relative).reason is BadImageReason.OUTSIDE


def test_a_root_may_itself_be_a_link(tmp_path: Path) -> None:
    corpus.write_corpus(tmp_path)
    (tmp_path / "alias").symlink_to("root")
    for name in (b"plain.jpg", b"link inside.jpg"):
        assert read_image(tmp_path / "alias", name).reason is None
    assert read_image(tmp_path / "alias", b"link outside.jpg").reason is BadImageReason.OUTSIDE


def engine_results(
    engine: LocalEngine, function: "functions.Reader", tasks: list[ReadTask]
) -> list[ReadResult]:
    return [
        result
        for task, outcome in map_splitting(engine, function, tasks, split)
        for result in (crashed(task) if isinstance(outcome, Died) else results_of(task, outcome))
    ]


def test_a_decoder_that_crashes_costs_its_file_only(tmp_path: Path) -> None:
    names = [b"a.jpg", b"deadly.jpg", b"b.jpg", b"c.jpg", b"deadly too.jpg"]
    for name in names:
        (tmp_path / name.decode()).write_bytes(corpus.jpeg())
    root = os.fsencode(tmp_path)
    tasks = [ReadTask(root, tuple(names[:3]), threads=2), ReadTask(root, tuple(names[3:]), threads=2)]
    with LocalEngine(1) as engine:
        results = engine_results(engine, functions.read_or_die, tasks)
    assert [(result.relative, result.reason) for result in results] == [
        (name, BadImageReason.CRASHED if b"deadly" in name else None) for name in names
    ]


def test_a_file_that_takes_too_much_memory_costs_its_file_only(tmp_path: Path) -> None:
    names = [f"{number}.jpg".encode() for number in range(8)]
    for name in names:
        (tmp_path / name.decode()).write_bytes(corpus.jpeg(640, 480))
    names.insert(3, b"heavy.png")
    (tmp_path / "heavy.png").write_bytes(corpus.heavy())
    task = ReadTask(os.fsencode(tmp_path), tuple(names), threads=2)
    with LocalEngine(1, memory_bytes=384 * 2**20) as engine:
        results = engine_results(engine, read_task, [task])
    assert [(result.relative, result.reason) for result in results] == [
        (name, BadImageReason.CRASHED if name == b"heavy.png" else None) for name in names
    ]
