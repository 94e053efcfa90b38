"""Thumbnails: one JPEG for each distinct image, named by the image's SHA-256."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

from tamis.model.errors import NotFound
from tamis.store.folder import DataFolder, write_once

_THREADS = 4  # writers wait for fsync, not for the processor


def write_many(folder: DataFolder, thumbnails: Mapping[str, bytes]) -> None:
    """Keep thumbnails by the hash of their image; each is there whole or not at all."""
    with ThreadPoolExecutor(_THREADS) as pool:
        writes = (pool.submit(write_once, folder.thumbnail(h), data) for h, data in thumbnails.items())
        for write in list(writes):
            write.result()


def read(folder: DataFolder, sha256: str) -> bytes:
    """Return the JPEG, or raise NotFound."""
    try:
        return folder.thumbnail(sha256).read_bytes()
    except FileNotFoundError as error:
        raise NotFound("This image has no thumbnail.") from error
