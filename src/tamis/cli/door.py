"""The one door to a data folder: whoever holds the lock runs the server, all others talk to it.

When the one that runs it ends, the next that asks takes the lock and goes on: the work is in the
data folder, not in the process.
"""

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import httpx

from tamis.cli.address import Address, forget_address, read_address, transport_to, write_address
from tamis.cli.worker import Worker
from tamis.client import Client
from tamis.model.errors import Conflict, NotFound, TamisError, Unavailable
from tamis.model.machine import loading
from tamis.store.lock import FileLock

if TYPE_CHECKING:
    from tamis.cli.host import Host, WebPlace
    from tamis.server.settings import Settings
    from tamis.store.store import Store

_PATIENCE_SECONDS = 60.0
_FIRST_PAUSE = 0.02
_LONGEST_PAUSE = 0.25


class Door:
    """A way to the server of a data folder. `client` works whoever runs it.

    Args:
        settings: whose data folder.
        works: whether jobs will be run, so that there must be a worker.
        web: where browsers are to find the server, which must then be this process.
    """

    def __init__(self, settings: "Settings", *, works: bool, web: "WebPlace | None" = None) -> None:
        from tamis.store.folder import open_folder

        self._settings = settings
        self._works = works
        self._web = web
        self._folder = open_folder(settings.data)
        self._run = self._folder.run
        self._lock: FileLock | None = None
        self._worker: Worker | None = None
        self._host: Host | None = None
        self._address: Address | None = None
        self._transport: httpx.BaseTransport | None = None
        self.client = Client(transport=_Knocking(self))

    def __enter__(self) -> Self:
        try:
            self.open()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def is_host(self) -> bool:
        """Whether the server runs in this process."""
        return self._host is not None

    @property
    def web_url(self) -> str | None:
        """Where browsers find the server; None when it runs only for a command."""
        return self._address.web if self._address is not None else None

    def is_running(self) -> bool:
        """Tell whether the server of this process still answers."""
        return self._host is not None and self._host.is_running()

    @property
    def worker_log(self) -> Path:
        """What the worker has written."""
        return self._run / "worker.log"

    @contextlib.contextmanager
    def store(self) -> "Iterator[Store]":
        """The store itself, for what no route may do."""
        if self._host is not None:
            yield self._host.store
            return
        from tamis.store.store import open_store

        with open_store(self._settings.data, self._settings.database_url) as store:
            yield store

    def open(self) -> None:
        """Find the server, or become it."""
        self._forget()
        deadline = time.monotonic() + _PATIENCE_SECONDS
        pause = _FIRST_PAUSE
        while True:
            self._lock = FileLock.try_take(self._run / "lock")
            if self._lock is not None:
                self._become_host()
                return
            if self._web is not None:
                self._check_no_server()
            elif self._find_host():
                return
            if time.monotonic() > deadline:
                raise Unavailable(
                    f"A tamis process holds the data folder '{self._folder.path}', but does not answer. "
                    "End it, or wait for it, then try again."
                )
            time.sleep(pause)
            pause = min(pause * 1.5, _LONGEST_PAUSE)

    def close(self) -> None:
        """Let go; where the server runs here, end it."""
        self._forget()
        self.client.close()

    def send(self, request: httpx.Request) -> httpx.Response:
        """Send a request to whoever runs the server now; a change of host goes unnoticed."""
        for _ in range(3):
            try:
                response = self._send(request)
            except httpx.TransportError:
                if self.is_host:
                    raise
            else:
                if response.status_code != 401 or self.is_host:
                    return response
                response.close()
            self.open()  # nothing that this command asks for does harm when it is asked twice
        return self._send(request)

    def _send(self, request: httpx.Request) -> httpx.Response:
        assert self._transport is not None and self._address is not None
        base = httpx.URL(self._address.url)
        request.url = request.url.copy_with(scheme=base.scheme, host=base.host, port=base.port)
        request.headers["Authorization"] = f"Bearer {self._address.secret}"
        return self._transport.handle_request(request)

    def _become_host(self) -> None:
        if self._works:  # first of all: it takes longest to start
            self._worker = Worker.for_folder(self._folder.path, self.worker_log)
        with loading():
            from tamis.cli.host import Host, remove_socket

            before = read_address(self._run)
            if before is not None and before.socket is not None:
                remove_socket(Path(before.socket))  # its process was killed: we hold its lock
            self._host = Host(self._settings, self._run, self._worker, self._web)
        write_address(self._run, self._host.address)
        self._use(self._host.address)

    def _find_host(self) -> bool:
        address = read_address(self._run)
        if address is None:
            return False
        transport = transport_to(address)
        try:
            with Client(address.url, address.secret, transport=_Once(transport)) as client:
                next(client.datasets(), None)
                if self._works:
                    client.ready()
        except TamisError:
            return False
        self._use(address)
        return True

    def _check_no_server(self) -> None:
        address = read_address(self._run)
        if address is not None and address.web is not None:
            raise Conflict(
                f"A server runs on the data folder '{self._folder.path}' already, at {address.web} (process "
                f"{address.pid}). 'tamis login' prints a link to it; Ctrl-C in its terminal ends it."
            )

    def _use(self, address: Address) -> None:
        self._address = address
        self._transport = transport_to(address)

    def _forget(self) -> None:
        if self._transport is not None:
            self._transport.close()
            self._transport = None
        if self._host is not None:
            forget_address(self._run)
            self._host.stop()
            self._host = None
        if self._worker is not None:
            self._worker.stop()
            self._worker = None
        if self._lock is not None:
            self._lock.release()
            self._lock = None


class _Knocking(httpx.BaseTransport):
    """The client's way through the door."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()  # held in memory, so that it can be sent again
        return self._door.send(request)


class _Once(httpx.BaseTransport):
    """One that says 'unavailable' at once instead of being tried again."""

    def __init__(self, inner: httpx.BaseTransport) -> None:
        self._inner = inner

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        try:
            return self._inner.handle_request(request)
        except httpx.TransportError as error:
            raise Unavailable(f"No answer: {error}.") from error

    def close(self) -> None:
        self._inner.close()


def open_door(settings: "Settings", *, works: bool = False) -> Door:
    """Make a door to an existing data folder; with `works`, the folder is made where there is none.

    Raises:
        NotFound: there is no data folder.
    """
    if not works and not (settings.data / "tamis.json").exists():
        raise NotFound(f"There is no data folder at '{settings.data}' yet. 'tamis curate' makes one.")
    return Door(settings, works=works)
