"""The data folder: what is refused, and files that are whole or absent."""

import errno
import hashlib
import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import IO

import numpy as np
import pyarrow as pa
import pytest
import sqlalchemy as sa

from tamis.model.errors import Conflict, Invalid, NoSpace, NotFound, TamisError, Unavailable
from tamis.store import arrays, schema, thumbnails
from tamis.store.folder import DataFolder, no_space, open_folder, write_once, write_whole
from tamis.store.store import open_store

HASH = hashlib.sha256(b"an image").hexdigest()


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    return open_folder(tmp_path / "data")


def everything_in(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_a_new_folder_is_its_owners_alone_and_opens_again(tmp_path: Path) -> None:
    folder = open_folder(tmp_path / "a/data")
    before = everything_in(folder.path)
    assert json.loads((folder.path / "tamis.json").read_bytes()) == {"format": 1}
    assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700
    assert open_folder(tmp_path / "a/data") == folder
    assert everything_in(folder.path) == before
    assert not [name for name in before if name.endswith(".part")]


def test_the_databases_are_their_owners_alone_in_a_folder_that_all_may_read(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data").chmod(0o755)
    with open_store(tmp_path / "data") as store:
        with store.write() as connection:
            connection.execute(sa.select(schema.root))
        files = [path for path in (tmp_path / "data").iterdir() if ".sqlite" in path.name]
        assert {path.name for path in files} > {"tamis.sqlite", "tamis.sqlite-wal", "jobs.sqlite"}
        assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}


def test_a_place_where_no_folder_can_be_is_refused_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(
        Invalid, match=r"file/data' cannot be used: Not a directory\. Name another with --data"
    ):
        open_folder(tmp_path / "file/data")


def test_a_folder_that_was_begun_becomes_a_data_folder(tmp_path: Path) -> None:
    (tmp_path / "data/run").mkdir(parents=True)
    (tmp_path / "data/tamis.json.0a1b2c3d.part").write_bytes(b'{"form')
    assert open_folder(tmp_path / "data").path == tmp_path / "data"


def make_file(path: Path) -> None:
    path.write_text("a letter")


def make_other(path: Path) -> None:
    path.mkdir()
    (path / "thesis.tex").write_text("")


def make_marker(content: str) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        path.mkdir()
        (path / "tamis.json").write_text(content)

    return make


@pytest.mark.parametrize(
    ("make", "error", "says"),
    [
        (make_file, Invalid, "is a file"),
        (make_other, Invalid, "holds other files"),
        (make_marker('{"format": 2}'), Conflict, "has format 2.*Upgrade Tamis"),
        (make_marker('{"format": "new"}'), Conflict, "has format new"),
        (make_marker("{"), Invalid, "damaged"),
        (make_marker("[]"), Invalid, "damaged"),
        (make_marker("{}"), Invalid, "damaged"),
    ],
)
def test_what_is_no_data_folder_is_refused_and_left_alone(
    tmp_path: Path, make: Callable[[Path], None], error: type[TamisError], says: str
) -> None:
    path = tmp_path / "data"
    make(path)
    before = everything_in(tmp_path)
    with pytest.raises(error, match=says):
        open_folder(path)
    assert everything_in(tmp_path) == before


def test_an_unknown_database_is_refused(tmp_path: Path) -> None:
    for url in ("mysql://localhost/tamis", "no url"):
        with pytest.raises(Invalid) as caught, open_store(tmp_path / "data", url):
            pass
        assert caught.value.field == "database_url"


def test_a_file_that_could_not_be_finished_is_not_there(tmp_path: Path) -> None:
    def fill(file: IO[bytes]) -> None:
        file.write(b"half")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(NoSpace, match=str(tmp_path)):
        write_whole(tmp_path / "a", fill)
    assert everything_in(tmp_path) == []
    (tmp_path / "a").write_bytes(b"before")
    with pytest.raises(NoSpace):
        write_whole(tmp_path / "a", fill)
    assert everything_in(tmp_path) == ["a"]
    assert (tmp_path / "a").read_bytes() == b"before"


def test_a_full_disk_is_told_from_other_errors(tmp_path: Path) -> None:
    lance = "LanceError(IO): No space left on device (os error 28), lance-file/src/writer.rs:254:9"
    for full in (OSError(errno.EDQUOT, "quota"), OSError(lance)):
        with pytest.raises(NoSpace), no_space(tmp_path):
            raise full
    with pytest.raises(PermissionError), no_space(tmp_path):
        raise PermissionError(errno.EACCES, "denied")


def test_a_limit_of_the_system_leaves_no_half_written_file(folder: DataFolder) -> None:
    before = everything_in(folder.path)
    code = (
        "import resource, signal, sys; from pathlib import Path; from tamis.store.folder import *\n"
        "from tamis.store import thumbnails\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "folder = DataFolder(Path(sys.argv[1]))\n"
        "try: thumbnails.write_many(folder, {sys.argv[2]: b'x' * 1001})\n"
        "except OSError as error: print(error.errno)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, folder.path, HASH], capture_output=True, text=True, check=True
    )
    assert ran.stdout == f"{errno.EFBIG}\n"
    assert not folder.thumbnail(HASH).exists()
    left = set(everything_in(folder.path)) - set(before)
    assert [name for name in left if (folder.path / name).is_file()] == []


def test_a_full_database_loses_the_whole_transaction_and_says_so(tmp_path: Path) -> None:
    with open_store(tmp_path / "data") as store:
        with pytest.raises(NoSpace, match="full"), store.write() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 4}")
            for number in range(9):
                path = bytes([number]) * 9000
                connection.execute(schema.root.insert().values(id=f"{number:024}", path=path, created_at=0))
        with store.read() as connection:
            assert connection.execute(sa.select(schema.root)).all() == []


def test_a_file_is_written_once(tmp_path: Path) -> None:
    write_once(tmp_path / "a/b", b"first")
    write_once(tmp_path / "a/b", b"second")
    assert (tmp_path / "a/b").read_bytes() == b"first"
    assert everything_in(tmp_path) == ["a", "a/b"]


def test_an_array_is_named_by_its_bytes_and_written_once(folder: DataFolder) -> None:
    table = pa.table({"x": pa.array(np.array([1.5, np.nan], np.float32))})
    digest = arrays.write(folder, table)
    written = folder.array(digest)
    assert hashlib.sha256(written.read_bytes()).hexdigest() == digest
    before = written.stat().st_ino
    assert arrays.write(folder, table) == digest
    assert written.stat().st_ino == before
    assert arrays.read_bytes(folder, digest) == written.read_bytes()
    assert (
        arrays.read(folder, digest).column("x").to_numpy().tobytes() == table.column("x").to_numpy().tobytes()
    )
    assert [path.name for path in (folder.path / "arrays").iterdir()] == [f"{digest}.arrow"]


def test_an_array_that_is_missing_is_told(folder: DataFolder) -> None:
    with pytest.raises(Unavailable, match=f"{HASH} is missing.*tamis doctor"):
        arrays.read_bytes(folder, HASH)


def test_thumbnails_lie_under_their_hash_whole_or_absent(folder: DataFolder) -> None:
    other = hashlib.sha256(b"another").hexdigest()
    thumbnails.write_many(folder, {HASH: b"small", other: b"smaller"})
    assert (folder.path / "thumbnails" / HASH[:2] / HASH[2:4] / f"{HASH}.jpg").read_bytes() == b"small"
    assert thumbnails.read(folder, other) == b"smaller"
    assert sum(path.is_file() for path in (folder.path / "thumbnails").rglob("*")) == 2


def test_one_thumbnail_that_fails_is_not_passed_over(folder: DataFolder) -> None:
    (folder.path / "thumbnails" / HASH[:2]).write_text("a file in the way")
    with pytest.raises((FileExistsError, NotADirectoryError)):
        thumbnails.write_many(folder, {HASH: b"small", hashlib.sha256(b"another").hexdigest(): b"fine"})
    assert not folder.thumbnail(HASH).exists()


def test_an_image_without_a_thumbnail_is_not_found(folder: DataFolder) -> None:
    with pytest.raises(NotFound):
        thumbnails.read(folder, HASH)
