"""Which files below a folder are taken for images."""

import os
from pathlib import Path

import pytest

from tamis.images.listing import walk
from tamis.model.errors import Invalid


def test_a_folder_is_walked_in_the_order_of_its_bytes(tmp_path: Path) -> None:
    for name in (
        "b/a.jpg",
        "a.jpg",
        "b.jpg",
        "B.JPG",
        "a/z.png",
        ".hidden.jpg",
        ".git/a.jpg",
        "notes.txt",
        "c.svg",
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "endless").symlink_to("endless")
    (tmp_path / "link").symlink_to(tmp_path / "b")
    (tmp_path / "out.jpg").symlink_to("/etc/passwd")
    assert list(walk(tmp_path)) == [
        b"B.JPG", b"a.jpg", b"a/z.png", b"b.jpg", b"b/a.jpg", b"c.svg", b"link", b"out.jpg",
    ]  # fmt: skip


def test_a_folder_that_cannot_be_read_is_yielded_for_the_report(tmp_path: Path) -> None:
    (tmp_path / "fine.jpg").touch()
    parts = [f"{number:02}" * 120 for number in range(20)]  # together longer than a path may be
    folder = os.open(tmp_path, os.O_RDONLY)
    for part in parts:
        os.mkdir(part, dir_fd=folder)
        inner = os.open(part, os.O_RDONLY, dir_fd=folder)
        os.close(folder)
        folder = inner
    os.close(folder)
    deep, fine = walk(tmp_path)
    assert fine == b"fine.jpg"
    assert "/".join(parts).encode().startswith(deep)
    assert len(os.fsencode(tmp_path)) + len(deep) >= 4095


def test_a_root_that_is_gone_is_told(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match=r"gone.*No such file"):
        list(walk(tmp_path / "gone"))
