"""The server, run inside this process for as long as a command needs it."""

import contextlib
import errno
import logging
import os
import socket
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from logging.handlers import RotatingFileHandler
from pathlib import Path

import uvicorn

from tamis.cli.address import Address
from tamis.cli.worker import Worker
from tamis.model.errors import Conflict, Invalid, Unavailable
from tamis.server.app import create_app
from tamis.server.settings import Settings
from tamis.store.store import open_store

HAS_UNIX_SOCKETS = hasattr(socket, "AF_UNIX")
LONGEST_SOCKET_PATH = 100  # the system allows 107 bytes on Linux and 103 on macOS
_LOGGERS = ("tamis", "uvicorn")
_TEMPORARY = "tamis-"
_FIRST_PORT, _PORTS = 8000, 20


@dataclass(frozen=True)
class WebPlace:
    """Where browsers are to find the server. Without a port, 8000 or the next free one above it."""

    host: str
    port: int | None

    def url(self, listener: socket.socket, public_url: str | None) -> str:
        """Return the address to type, which is not the one that is listened at when that is all of them."""
        if public_url is not None:
            return public_url
        address, port = listener.getsockname()[:2]
        host = "localhost" if ip_address(address).is_unspecified else self.host
        return f"http://{f'[{host}]' if ':' in host else host}:{port}"


class _Server(uvicorn.Server):
    """A server that says when it has started."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.settled = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.settled.set()


class Host:
    """The application over one data folder, answering until `stop`."""

    def __init__(
        self, settings: Settings, run: Path, worker: Worker | None, web: WebPlace | None = None
    ) -> None:
        with contextlib.ExitStack() as stack:
            stack.enter_context(_logging_to(run / "server.log", settings.log_level))
            self.store = stack.enter_context(open_store(settings.data, settings.database_url))
            app = create_app(settings, self.store)
            stack.callback(app.state.engine.close)
            app.state.checks["worker"] = worker.is_working if worker else lambda: False
            listeners = [] if web is None else [listen_to_browsers(web)]  # first: its port may be taken
            listener, path = _listen(run)
            listeners.append(listener)
            if path is not None:
                stack.callback(remove_socket, path)
            self.address = Address(
                url="http://localhost" if path else f"http://127.0.0.1:{listener.getsockname()[1]}",
                socket=str(path) if path else None,
                secret=settings.local_secret.get_secret_value(),
                pid=os.getpid(),
                web=None if web is None else web.url(listeners[0], settings.public_url),
            )
            config = uvicorn.Config(
                app, log_config=None, access_log=False, lifespan="off", ws="none", http="h11", loop="asyncio",
                server_header=False, date_header=False, proxy_headers=False, timeout_graceful_shutdown=5,
            )  # fmt: skip
            server = _Server(config)
            thread = threading.Thread(target=_serve, args=(server, listeners), name="server", daemon=True)
            stack.callback(_stop_serving, server, thread)
            stack.callback(app.state.events.close)
            self._thread = thread
            thread.start()
            server.settled.wait()
            if not server.started:
                raise Unavailable(f"The server did not start; '{run / 'server.log'}' says why.")
            self._closing = stack.pop_all()

    def is_running(self) -> bool:
        """Tell whether the server still answers."""
        return self._thread.is_alive()

    def stop(self) -> None:
        """Answer what is being asked, then end."""
        self._closing.close()


def _serve(server: _Server, listeners: list[socket.socket]) -> None:
    try:
        server.run(listeners)
    finally:
        server.settled.set()
        for listener in listeners:
            listener.close()


def _stop_serving(server: _Server, thread: threading.Thread) -> None:
    server.should_exit = True
    thread.join()


@contextlib.contextmanager
def _logging_to(path: Path, level: str) -> Iterator[None]:
    """Log to a file as long as the block runs; the loggers are then as they were."""
    handler = RotatingFileHandler(path, maxBytes=5_000_000, backupCount=1, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    before = {name: logging.getLogger(name).level for name in _LOGGERS}
    for name in _LOGGERS:
        logging.getLogger(name).setLevel(level.upper())
        logging.getLogger(name).addHandler(handler)
    try:
        yield
    finally:
        for name, level_before in before.items():
            logging.getLogger(name).removeHandler(handler)
            logging.getLogger(name).setLevel(level_before)
        handler.close()


def _listen(run: Path) -> tuple[socket.socket, Path | None]:
    """Bind a Unix socket that only this user reaches, or a loopback port where there are none."""
    if not HAS_UNIX_SOCKETS:
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        return listener, None
    path = run / "tamis.sock"
    if len(os.fsencode(path)) > LONGEST_SOCKET_PATH:
        path = Path(tempfile.mkdtemp(prefix=_TEMPORARY)) / "tamis.sock"
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(str(path))
    path.chmod(0o600)
    return listener, path


def listen_to_browsers(web: WebPlace) -> socket.socket:
    """Bind the port that browsers use.

    Raises:
        Invalid: there is no such host on this machine.
        Conflict: the port is taken.
    """
    try:
        family, kind, protocol, _, (address, *_) = socket.getaddrinfo(
            web.host, 0, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except OSError as error:
        raise Invalid(f"There is no host '{web.host}': {error.strerror}.", field="host") from error
    ports = range(_FIRST_PORT, _FIRST_PORT + _PORTS) if web.port is None else (web.port,)
    for port in ports:
        listener = socket.socket(family, kind, protocol)
        if os.name != "nt":  # there it would let two servers share the port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((address, port))
            listener.listen()  # only now is it known whether another one listens there
        except OSError as error:
            listener.close()
            if error.errno != errno.EADDRINUSE:
                raise Invalid(f"'{web.host}:{port}' cannot be used: {error.strerror}.") from error
        else:
            return listener
    taken = f"Port {web.port} is" if web.port is not None else f"The ports from {_FIRST_PORT} on are"
    raise Conflict(f"{taken} taken by another program. Name another with --port.", field="port")


def remove_socket(path: Path) -> None:
    """Remove a socket, with the temporary folder that was made for it."""
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)
        if path.parent.name.startswith(_TEMPORARY):
            path.parent.rmdir()
