"""The server, run inside this process for as long as a command needs it."""

import contextlib
import logging
import os
import socket
import tempfile
import threading
from logging.handlers import RotatingFileHandler
from pathlib import Path

import uvicorn

from tamis.cli.address import Address
from tamis.cli.worker import Worker
from tamis.model.errors import Unavailable
from tamis.server.app import create_app
from tamis.server.settings import Settings
from tamis.store.store import open_store

HAS_UNIX_SOCKETS = hasattr(socket, "AF_UNIX")
LONGEST_SOCKET_PATH = 100  # the system allows 107 bytes on Linux and 103 on macOS
_LOGGERS = ("tamis", "uvicorn")
_TEMPORARY = "tamis-"


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

    def __init__(self, settings: Settings, run: Path, worker: Worker | None) -> None:
        with contextlib.ExitStack() as stack:
            handler = _log_to(run / "server.log", settings.log_level)
            stack.callback(_stop_logging, handler)
            self.store = stack.enter_context(open_store(settings.data, settings.database_url))
            app = create_app(settings, self.store)
            app.state.checks["worker"] = worker.is_working if worker else lambda: False
            listener, path = _listen(run)
            if path is not None:
                stack.callback(remove_socket, path)
            self.address = Address(
                url="http://localhost" if path else f"http://127.0.0.1:{listener.getsockname()[1]}",
                socket=str(path) if path else None,
                secret=settings.local_secret.get_secret_value(),
                pid=os.getpid(),
            )
            config = uvicorn.Config(
                app, log_config=None, access_log=False, lifespan="off", ws="none", http="h11", loop="asyncio",
                server_header=False, date_header=False, timeout_graceful_shutdown=10,
            )  # fmt: skip
            server = _Server(config)
            thread = threading.Thread(target=_serve, args=(server, listener), name="server", daemon=True)
            stack.callback(_stop_serving, server, thread)
            stack.callback(app.state.events.close)
            thread.start()
            server.settled.wait()
            if not server.started:
                raise Unavailable(f"The server did not start; '{run / 'server.log'}' says why.")
            self._closing = stack.pop_all()

    def stop(self) -> None:
        """Answer what is being asked, then end."""
        self._closing.close()


def _serve(server: _Server, listener: socket.socket) -> None:
    try:
        server.run([listener])
    finally:
        server.settled.set()
        listener.close()


def _stop_serving(server: _Server, thread: threading.Thread) -> None:
    server.should_exit = True
    thread.join()


def _log_to(path: Path, level: str) -> logging.Handler:
    handler = RotatingFileHandler(path, maxBytes=5_000_000, backupCount=1, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    for name in _LOGGERS:
        logger = logging.getLogger(name)
        logger.setLevel(level.upper())
        logger.addHandler(handler)
    return handler


def _stop_logging(handler: logging.Handler) -> None:
    for name in _LOGGERS:
        logging.getLogger(name).removeHandler(handler)
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


def remove_socket(path: Path) -> None:
    """Remove a socket, with the temporary folder that was made for it."""
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)
        if path.parent.name.startswith(_TEMPORARY):
            path.parent.rmdir()
