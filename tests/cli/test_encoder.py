"""`tamis encoder get`: says what it is about to fetch, asks, and keeps nothing else than that."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tamis.encoders.published import PUBLISHED
from tests.cli.conftest import run
from tests.fileserver import FileServer, serving

CONTENT = b"weights" * 9_000
NAME = "dinov2-small"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FileServer]:
    with serving(CONTENT) as server:
        sha256 = hashlib.sha256(CONTENT).hexdigest()
        here = replace(PUBLISHED[NAME], url=f"{server.url}/file", size=len(CONTENT), sha256=sha256)
        monkeypatch.setitem(PUBLISHED, NAME, here)
        yield server


def get(data: Path, *arguments: str | Path, typed: str | None = None):
    return run(data, "encoder", "get", *arguments, typed=typed, NO_PROXY="127.0.0.1")


def test_what_will_be_fetched_is_told_and_nothing_is_unless_somebody_agrees(
    tmp_path: Path, server: FileServer
) -> None:
    home = tmp_path / "home"
    done = get(home, NAME)
    assert (done.code, "Nobody is there to be asked" in done.err) == (2, True)
    refused = get(home, NAME, typed="n\n")
    assert (refused.code, refused.out.strip()) == (1, "")
    for ran in (done, refused):
        for told in (
            "https://huggingface.co/facebook/dinov2-small",
            f"{server.url}/file",
            "0.1 MB",
            "Apache-2.0",
        ):
            assert told in ran.err
        assert hashlib.sha256(CONTENT).hexdigest() in ran.err
    assert (server.asked, list(tmp_path.iterdir())) == ([], [])


def test_it_lands_where_a_server_finds_it_and_is_fetched_once(tmp_path: Path, server: FileServer) -> None:
    home = tmp_path / "home"
    done = get(home, NAME, typed="y\n")
    target = home / "encoders/dinov2-small.safetensors"
    assert (done.code, target.read_bytes()) == (0, CONTENT), done.err
    assert f"--encoder {NAME}:{target}" in done.out
    assert "Downloading: 1 of 1" in done.err
    again = get(home, NAME)
    assert (again.code, "is there already, and right" in again.out, len(server.asked)) == (0, True, 1)


def test_a_wrong_file_is_not_kept_and_another_is_never_replaced(tmp_path: Path, server: FileServer) -> None:
    out = tmp_path / "net.safetensors"
    server.content = CONTENT[:-1] + b"!"
    done = get(tmp_path / "home", NAME, "--out", out, "--yes")
    assert (done.code, "It is not the file that was published" in done.err) == (1, True)
    assert list(tmp_path.iterdir()) == []
    out.write_bytes(b"mine")
    done = get(tmp_path / "home", NAME, "--out", out, "--yes")
    assert (done.code, "is another file" in done.err, out.read_bytes()) == (1, True, b"mine")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ("clip", "--yes"),
            "no weights to fetch for an encoder 'clip'. There are for: dinov2-small, dinov2-base",
        ),
        ((NAME, "--yes", "--out", "nowhere/net"), "name a file in a folder that exists"),
    ],
)
def test_a_wrong_name_or_place_is_told(tmp_path: Path, arguments: tuple[str, ...], sentence: str) -> None:
    done = get(tmp_path / "home", *arguments)
    assert (done.code, sentence in done.err) == (2, True), done.err
