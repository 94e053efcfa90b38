"""Write-once Arrow IPC files, named by the SHA-256 of their bytes."""

import hashlib
from pathlib import Path
from typing import IO

import pyarrow as pa

from tamis.model.errors import Unavailable
from tamis.store.folder import DataFolder, write_once, write_whole


def write(folder: DataFolder, table: pa.Table) -> str:
    """Keep a table and return its digest."""
    data = to_bytes(table)
    digest = hashlib.sha256(data).hexdigest()
    write_once(folder.array(digest), data)
    return digest


def to_bytes(table: pa.Table) -> bytes:
    """Return the table as an Arrow file."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    data: bytes = sink.getvalue().to_pybytes()
    return data


def write_part(path: Path, table: pa.Table) -> None:
    """Keep a table for a later step of the same job."""

    def write(file: IO[bytes]) -> None:
        with pa.ipc.new_file(file, table.schema) as writer:
            writer.write_table(table)

    write_whole(path, write)


def read_bytes(folder: DataFolder, digest: str) -> bytes:
    """Return the file as it goes over the wire."""
    try:
        return folder.array(digest).read_bytes()
    except FileNotFoundError as error:
        raise Unavailable(f"The array {digest} is missing. Run `tamis doctor`.") from error


def read(folder: DataFolder, digest: str) -> pa.Table:
    """Return the table."""
    return pa.ipc.open_file(pa.BufferReader(read_bytes(folder, digest))).read_all()
