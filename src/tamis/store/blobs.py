"""Blobs: the bytes of uploaded images, each kept once under its SHA-256, whatever it was called."""

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tamis.model.errors import NotFound
from tamis.store.folder import DataFolder, no_space

_THREADS = 4  # they wait for fsync, not for the processor


def keep_many(folder: DataFolder, parts: Mapping[str, Path]) -> None:
    """Move files to where the blobs with these hashes lie; each is there whole or not at all.

    Raises:
        NoSpace: the disk is full; the files that were not moved yet stay where they are.
    """
    with ThreadPoolExecutor(_THREADS) as pool:
        for moved in [pool.submit(_keep, folder.blob(sha256), part) for sha256, part in parts.items()]:
            moved.result()


def _keep(path: Path, part: Path) -> None:
    size = part.stat().st_size
    try:
        if path.stat().st_size == size:
            os.utime(path)  # young again: no row may name it yet, and old files that none names are collected
            return
    except FileNotFoundError:
        pass
    with no_space(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with part.open("r+b") as file:
            os.fsync(file.fileno())
        part.replace(path)


def is_whole(folder: DataFolder, sha256: str, size_bytes: int) -> bool:
    """Tell whether the blob is there in its full size."""
    try:
        return folder.blob(sha256).stat().st_size == size_bytes
    except OSError:
        return False


def read(folder: DataFolder, sha256: str) -> bytes:
    """Return the bytes, or raise NotFound."""
    try:
        return folder.blob(sha256).read_bytes()
    except FileNotFoundError as error:
        raise NotFound("The original of this image is missing. Run `tamis doctor`.") from error
