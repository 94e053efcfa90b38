"""Files on their way in: written beside the blobs under a name that means nothing, hashed as they come."""

import hashlib
import os
import secrets
from pathlib import Path
from typing import IO

from tamis.store.folder import DataFolder, no_space


class Part:
    """One file that is being received. It is moved to the blobs, or discarded; a crash leaves it behind."""

    def __init__(self, folder: DataFolder) -> None:
        self.path = folder.incoming / f"{secrets.token_hex(12)}.part"
        self.size_bytes = 0
        self._hash = hashlib.sha256()
        with no_space(self.path.parent):
            self._file = _open(self.path)

    @property
    def name(self) -> str:
        """The file's name in the folder of incoming files."""
        return self.path.name

    @property
    def sha256(self) -> str:
        """The hash of what has been written."""
        return self._hash.hexdigest()

    def write(self, data: bytes | memoryview) -> None:
        """Append a piece.

        Raises:
            NoSpace: the disk is full.
        """
        with no_space(self.path.parent):
            view = memoryview(data)
            while view:
                view = view[self._file.write(view) :]
        self._hash.update(data)
        self.size_bytes += len(data)

    def close(self) -> None:
        """End the writing; the bytes are not yet safe from a power cut (`blobs.keep` sees to that)."""
        self._file.close()

    def discard(self) -> None:
        """Remove the file, unless it has become a blob."""
        self._file.close()
        self.path.unlink(missing_ok=True)


def _open(path: Path) -> IO[bytes]:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    return os.fdopen(os.open(path, flags, 0o600), "wb", buffering=0)
