"""The one place that fetches from the Internet: a published file, which the user has asked for by name."""

import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import IO

import httpx

from tamis.encoders.published import Published
from tamis.model.errors import Conflict, Invalid, NoSpace, Unavailable
from tamis.store.folder import write_whole

Report = Callable[[int], None]
"""Called with how many bytes have arrived."""

_SECONDS = 30.0
"""How long a host may be silent."""
_REDIRECTS = 5


def is_there(published: Published, target: Path) -> bool:
    """Tell whether the file has been fetched before.

    Raises:
        Conflict: another file is in its place.
    """
    if not os.path.lexists(target):
        return False
    if target.is_file():
        with target.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() == published.sha256:
                return True
    raise Conflict(f"'{target}' is there and is another file. Remove it, or name another place with --out.")


def fetch(published: Published, target: Path, report: Report) -> None:
    """Fetch a file, so that it is there whole and right, or not at all. A cut connection is taken up again.

    Raises:
        Invalid: what the host sends is not the file.
        NoSpace: the disk is full; that is found out before anything is fetched, where it can be.
        Unavailable: the host cannot be reached, refuses, or goes away for good.
    """
    nearest = next(place for place in target.absolute().parents if place.exists())
    free = shutil.disk_usage(nearest).free
    if free < published.size:
        raise NoSpace(
            f"The file takes {published.size / 1e6:,.1f} MB, and the disk that holds '{nearest}' has "
            f"{free / 1e6:,.1f} MB left. Make room, or name another place with --out."
        )
    write_whole(target, lambda file: _Arrival(published, file, report).receive())


class _Arrival:
    """A file on its way: how much of it is there, and the hash of that."""

    def __init__(self, published: Published, file: IO[bytes], report: Report) -> None:
        self._published, self._file, self._report = published, file, report
        self._host = httpx.URL(published.url).host
        self._restart()

    def _restart(self) -> None:
        self._file.seek(0)
        self._file.truncate()
        self._received, self._hash = 0, hashlib.sha256()

    def receive(self) -> None:
        """Go on until all is there, as long as every attempt gets further than those before."""
        furthest = 0
        with httpx.Client(timeout=_SECONDS, headers={"Accept-Encoding": "identity"}) as client:
            while self._received < self._published.size:
                try:
                    self._attempt(client)
                    why = "it ended early"
                except httpx.TransportError as error:
                    why = str(error) or type(error).__name__
                if self._received <= furthest:
                    sent = f"{furthest / 1e6:.1f} of {self._published.size / 1e6:.1f} MB"
                    raise Unavailable(
                        f"'{self._host}' sent {sent}: {why}. Nothing was kept. Run this again later."
                    )
                furthest = self._received
        found = self._hash.hexdigest()
        if found != self._published.sha256:
            raise Invalid(
                f"What '{self._host}' sent has the SHA-256 {found}, not {self._published.sha256}. "
                "It is not the file that was published; nothing was kept."
            )

    def _attempt(self, client: httpx.Client) -> None:
        """Receive what is lacking, or all of it from a host that cannot begin in the middle."""
        range_ = {"Range": f"bytes={self._received}-"} if self._received else {}
        response = self._answer(client, client.build_request("GET", self._published.url, headers=range_))
        try:
            if response.status_code == httpx.codes.OK:
                self._restart()
                self._check_size(response.headers.get("Content-Length"))
            for piece in response.iter_raw():
                if self._received + len(piece) > self._published.size:
                    self._check_size("more")
                self._file.write(piece)
                self._hash.update(piece)
                self._received += len(piece)
                self._report(self._received)
        finally:
            response.close()

    def _check_size(self, told: str | None) -> None:
        if told is not None and told != str(self._published.size):
            raise Invalid(
                f"'{self._host}' offers {told} bytes, not {self._published.size}. "
                "It is not the file that was published; nothing was kept."
            )

    def _answer(self, client: httpx.Client, request: httpx.Request) -> httpx.Response:
        """Follow redirects, but never to an address without the encryption of the first."""
        scheme = request.url.scheme
        for _ in range(_REDIRECTS):
            response = client.send(request, stream=True)
            following = response.next_request
            if following is None:
                break
            response.close()
            if following.url.scheme != scheme:
                raise Unavailable(
                    f"'{self._host}' leads on by {following.url.scheme}, not {scheme}: refused."
                )
            request = following
        rest = response.headers.get("Content-Range", "").startswith(f"bytes {self._received}-")
        middle = self._received > 0 and response.status_code == httpx.codes.PARTIAL_CONTENT and rest
        if response.status_code != httpx.codes.OK and not middle:
            response.close()
            raise Unavailable(
                f"'{request.url.host}' answers {response.status_code} instead of sending the file. "
                "Nothing was kept. Run this again later."
            )
        return response
