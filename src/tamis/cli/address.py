"""Where the server of a data folder is: `run/server.json`, for the eyes of this user only."""

import os
import secrets
from pathlib import Path

import httpx
from pydantic import ValidationError

from tamis.model.noun import Noun

_FILE = "server.json"


class Address(Noun):
    """A URL, the Unix socket to go through where there is one, and the secret to send.

    `web` is where browsers find the server; None when it runs only for a command.
    """

    url: str
    socket: str | None
    secret: str
    pid: int
    web: str | None = None


def read_address(run: Path) -> Address | None:
    """Read the address; None where there is none. Whether it is still true, only the lock can say."""
    try:
        return Address.model_validate_json((run / _FILE).read_bytes())
    except (OSError, ValidationError):
        return None


def write_address(run: Path, address: Address) -> None:
    """Write the address whole, readable by this user only from its first byte on."""
    part = run / f"{_FILE}.{secrets.token_hex(4)}.part"
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "wb") as file:  # noqa: PTH123  # a descriptor, not a path
        file.write(address.model_dump_json().encode())
    part.replace(run / _FILE)


def forget_address(run: Path) -> None:
    """Remove the address."""
    (run / _FILE).unlink(missing_ok=True)


def transport_to(address: Address) -> httpx.BaseTransport:
    """Make a way for requests to travel to the server."""
    return httpx.HTTPTransport(uds=address.socket) if address.socket else httpx.HTTPTransport()
