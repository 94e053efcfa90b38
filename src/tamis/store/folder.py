"""The data folder: its layout, its format version, and files that are whole or absent."""

import contextlib
import errno
import json
import os
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from tamis.model.errors import Conflict, Invalid, NoSpace

FORMAT = 1
_FULL = {errno.ENOSPC, errno.EDQUOT}


@dataclass(frozen=True)
class DataFolder:
    """The paths inside one data folder; all of it is readable by its owner only."""

    path: Path

    @property
    def marker(self) -> Path:
        """Says that this is a data folder: its format, and its own id."""
        return self.path / "tamis.json"

    @property
    def database(self) -> Path:
        """The SQLite file that owns the truth."""
        return self.path / "tamis.sqlite"

    @property
    def jobs_database(self) -> Path:
        """The SQLite file in which DBOS keeps the steps of jobs."""
        return self.path / "jobs.sqlite"

    @property
    def run(self) -> Path:
        """Locks, sockets and logs of running processes."""
        return self.path / "run"

    def thumbnail(self, sha256: str) -> Path:
        """Where the thumbnail of the image with this hash lies."""
        return self.path / "thumbnails" / sha256[:2] / sha256[2:4] / f"{sha256}.jpg"

    def blob(self, sha256: str) -> Path:
        """Where the bytes of the uploaded image with this hash lie."""
        return self.path / "blobs" / sha256[:2] / sha256[2:4] / sha256

    @property
    def incoming(self) -> Path:
        """Where files lie while they are received, on the same disk as the blobs."""
        return self.path / "incoming"

    def array(self, digest: str) -> Path:
        """Where the write-once Arrow file with this digest lies."""
        return self.path / "arrays" / f"{digest}.arrow"

    def vectors(self, embedding_id: str) -> Path:
        """Where the Lance dataset of this embedding lies."""
        return self.path / "vectors" / f"{embedding_id}.lance"

    def work(self, job_id: str) -> Path:
        """Where a job keeps what its steps have made until it is committed."""
        return self.path / "work" / job_id

    def weights(self, kind: str) -> Path:
        """Where the operator puts weights that may be used by name: `encoders` or `checkpoints`."""
        return self.path / kind

    @property
    def cache(self) -> Path:
        """What can be made again at any time, such as converted encoders."""
        return self.path / "cache"


def open_folder(path: Path) -> DataFolder:
    """Open a data folder, and make it when it is absent or empty.

    Raises:
        Invalid: the path is a file, or a folder full of something else.
        Conflict: it was written by a newer version of Tamis.
        NoSpace: the disk is full.
    """
    folder = DataFolder(path.expanduser().absolute())
    try:
        return _opened(folder, path)
    except OSError as error:
        raise Invalid(
            f"The data folder '{path}' cannot be used: {error.strerror}. Name another with --data.",
            field="data",
        ) from error


def _opened(folder: DataFolder, path: Path) -> DataFolder:
    marker = folder.marker
    if folder.path.exists() and not folder.path.is_dir():
        raise Invalid(f"The data folder '{path}' is a file. Name a folder with --data.", field="data")
    if not marker.exists():
        if _holds_other_files(folder.path) and not marker.exists():  # another process may make it just now
            raise Invalid(
                f"'{path}' holds other files. Name an empty or new folder with --data.", field="data"
            )
        with no_space(folder.path):
            folder.path.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_once(marker, json.dumps({"format": FORMAT}).encode())
    _check_format(folder, marker)
    with no_space(folder.path):
        for name in ("blobs", "incoming", "thumbnails", "vectors", "arrays", "work", "run", "cache"):
            (folder.path / name).mkdir(exist_ok=True, mode=0o700)
    return folder


def _holds_other_files(path: Path) -> bool:
    # Whoever was killed while it made the folder has left `tamis.json.*.part`, and the command line `run`.
    return path.exists() and any(
        entry.name != "run" and not entry.name.startswith("tamis.json") for entry in path.iterdir()
    )


def _check_format(folder: DataFolder, marker: Path) -> None:
    try:
        found = json.loads(marker.read_bytes())["format"]
    except (ValueError, KeyError, TypeError) as error:
        raise Invalid(f"'{marker}' is damaged. Restore it from a backup.", field="data") from error
    if not isinstance(found, int) or found > FORMAT:
        raise Conflict(
            f"The data folder '{folder.path}' has format {found}; this version of Tamis reads up to "
            f"{FORMAT}. Upgrade Tamis."
        )


def folder_id(folder: DataFolder) -> str | None:
    """Return what tells this data folder from all others; None before a database was opened with it."""
    found = json.loads(folder.marker.read_bytes()).get("id")
    return None if found is None else str(found)


def name_folder(folder: DataFolder, identity: str) -> None:
    """Give the data folder its id. The caller sees to it that no other process does so now."""
    marker = json.dumps({"format": FORMAT, "id": identity}).encode()
    write_whole(folder.marker, lambda file: file.write(marker))


def make_private(path: Path) -> None:
    """Make an empty file that only its owner may read, unless it is there.

    SQLite would let everybody read it, and gives the files beside it the same mode.
    """
    with no_space(path.parent):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))


@contextlib.contextmanager
def no_space(path: Path) -> Iterator[None]:
    """Turn 'no space left' into a NoSpace that names the folder."""
    try:
        yield
    except OSError as error:
        # Lance hands on what the system said, but not its number.
        if error.errno in _FULL or any(os.strerror(number) in str(error) for number in _FULL):
            raise NoSpace(f"The disk that holds '{path}' is full. Make room, then run this again.") from error
        raise


def write_whole(path: Path, write: Callable[[IO[bytes]], object]) -> None:
    """Write a file so that it is there whole or not at all: .part, fsync, rename.

    Raises:
        NoSpace: the disk is full; nothing is left behind.
    """
    part = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
    with no_space(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            with part.open("xb") as file:
                write(file)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise


def write_once(path: Path, data: bytes) -> None:
    """Write the bytes of a file that never changes; one that is there already is left as it is."""
    try:
        os.utime(path)  # young again: no row may name it yet, and old files that none names are collected
    except (FileNotFoundError, NotADirectoryError):
        write_whole(path, lambda file: file.write(data))
