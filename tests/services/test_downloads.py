"""A file is fetched whole and right, or nothing is kept; and no other code speaks with the Internet."""

import ast
import errno
import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tamis.encoders.published import PUBLISHED, Published
from tamis.model.errors import Conflict, Invalid, NoSpace, Unavailable
from tamis.services.downloads import fetch, is_there
from tests.fileserver import FileServer, serving

CONTENT = bytes(range(256)) * 800
HTTP = re.compile(r"(httpx|http\.client|urllib\.request|urllib3|requests|huggingface_hub)$")
SOURCES = Path(__file__).resolve().parents[2] / "src/tamis"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FileServer]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with serving(CONTENT) as server:
        yield server


def published(server: FileServer, path: str = "/file", **more: object) -> Published:
    right = Published(
        server.url + path, server.url, "Apache-2.0", len(CONTENT), hashlib.sha256(CONTENT).hexdigest()
    )
    return replace(right, **more)  # type: ignore[arg-type]


def nothing(_received: int) -> None:
    pass


def test_the_right_file_arrives_with_progress_and_is_not_fetched_twice(
    tmp_path: Path, server: FileServer
) -> None:
    target, told = tmp_path / "made/net.safetensors", list[int]()
    wanted = published(server)
    assert not is_there(wanted, target)
    fetch(wanted, target, told.append)
    assert target.read_bytes() == CONTENT
    assert (told == sorted(told), told[-1]) == (True, len(CONTENT))
    assert is_there(wanted, target)
    assert [path.name for path in target.parent.iterdir()] == ["net.safetensors"]
    target.write_bytes(b"another")
    with pytest.raises(Conflict, match="is there and is another file"):
        is_there(wanted, target)


@pytest.mark.parametrize(
    ("sent", "declared", "sentence"),
    [
        (CONTENT[:-1] + b"!", True, "has the SHA-256 [0-9a-f]{64}, not"),
        (CONTENT + b"!", True, f"offers {len(CONTENT) + 1} bytes, not {len(CONTENT)}"),
        (CONTENT + b"!", False, "offers more bytes"),
        (CONTENT[:-1], True, f"offers {len(CONTENT) - 1} bytes"),
    ],
)
def test_another_file_is_refused_and_removed(
    tmp_path: Path, server: FileServer, sent: bytes, declared: bool, sentence: str
) -> None:
    server.content, server.declares = sent, declared
    with pytest.raises(Invalid, match=sentence):
        fetch(published(server), tmp_path / "net", nothing)
    assert list(tmp_path.iterdir()) == []


def test_a_cut_connection_is_taken_up_where_it_ended(tmp_path: Path, server: FileServer) -> None:
    server.cuts = 2
    fetch(published(server), tmp_path / "net", nothing)
    assert (tmp_path / "net").read_bytes() == CONTENT
    half, quarters = len(CONTENT) // 2, len(CONTENT) * 3 // 4
    assert server.asked == ["/file", f"/file bytes={half}-", f"/file bytes={quarters}-"]


def test_a_host_that_cannot_begin_in_the_middle_begins_anew(tmp_path: Path, server: FileServer) -> None:
    server.cuts, server.ranges = 1, False
    fetch(published(server), tmp_path / "net", nothing)
    assert (tmp_path / "net").read_bytes() == CONTENT


def test_a_connection_that_never_gets_further_is_given_up(tmp_path: Path, server: FileServer) -> None:
    server.cuts, server.ranges = 99, False
    with pytest.raises(Unavailable, match=r"sent 0\.1 of 0\.2 MB: .*Nothing was kept"):
        fetch(published(server), tmp_path / "net", nothing)
    assert (list(tmp_path.iterdir()), len(server.asked)) == ([], 2)


def test_a_host_that_is_not_there_or_refuses_is_named(tmp_path: Path, server: FileServer) -> None:
    with pytest.raises(Unavailable, match=r"'127\.0\.0\.1' answers 404"):
        fetch(published(server, "/nothing"), tmp_path / "net", nothing)
    with pytest.raises(Unavailable, match=r"sent 0\.0 of 0\.2 MB"):
        fetch(published(server, url="http://127.0.0.1:1/file"), tmp_path / "net", nothing)
    assert list(tmp_path.iterdir()) == []


def test_redirects_are_followed_but_not_out_of_the_scheme(tmp_path: Path, server: FileServer) -> None:
    fetch(published(server, "/to//to//file"), tmp_path / "net", nothing)
    assert (tmp_path / "net").read_bytes() == CONTENT
    with pytest.raises(Unavailable, match="leads on by ftp, not http: refused"):
        fetch(published(server, "/to/ftp://127.0.0.1/file"), tmp_path / "other", nothing)
    with pytest.raises(Unavailable, match="answers 302"):
        fetch(published(server, "/to/" * 6 + "/file"), tmp_path / "other", nothing)
    assert [path.name for path in tmp_path.iterdir()] == ["net"]


def test_a_disk_without_room_is_told_before_and_while_it_fills(tmp_path: Path, server: FileServer) -> None:
    with pytest.raises(NoSpace, match=r"takes 1,000,000,000,000\.0 MB, and the disk .* MB left"):
        fetch(published(server, size=10**18), tmp_path / "net", nothing)
    assert server.asked == []

    def full(_received: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(NoSpace, match=str(tmp_path)):
        fetch(published(server), tmp_path / "net", full)
    assert list(tmp_path.iterdir()) == []


def test_every_address_is_of_one_revision_and_encrypted_and_of_a_size_that_fits_its_network() -> None:
    import torch

    from tamis.encoders import encoder_forms
    from tamis.learning.backbones import make_backbone

    for name, one in PUBLISHED.items():
        assert f"{name}:FILE" in encoder_forms()
        assert re.fullmatch(r"https://[^/]+/[\w/.-]+/[0-9a-f]{40}/model\.safetensors", one.url)
        assert re.fullmatch("[0-9a-f]{64}", one.sha256)
        with torch.device("meta"):
            count = sum(array.numel() for array in make_backbone(name).state_dict().values())
        assert 0 < one.size - 4 * count < 30_000  # names of arrays, and one array for training only


def test_no_other_code_knows_an_address_or_can_fetch_one() -> None:
    speaking, addresses = set(), set()
    for path in SOURCES.rglob("*.py"):
        place = path.relative_to(SOURCES).as_posix()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [str(node.module)] if isinstance(node, ast.ImportFrom) else []
            if any(HTTP.match(name) for name in names):
                speaking.add(place)
            if isinstance(node, ast.Constant) and re.match(r"https?://[\w.]*[a-z]\.[a-z]", str(node.value)):
                addresses.add(place)
    towards_tamis = {"cli/address.py", "cli/door.py", "client/client.py", "client/transport.py"}
    assert speaking - towards_tamis == {"services/downloads.py"}
    assert addresses == {"encoders/published.py"}
