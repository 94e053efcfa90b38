"""A platform as a user starts it: `tamis serve` of the installed wheel, on a data folder of its own."""

import contextlib
import json
import os
import queue
import re
import signal
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tamis.client import Client

LINK = re.compile(r"https?://[\w.:]+/login\?once=\S+")
PATIENCE_SECONDS = 120.0


class Platform:
    """A server that can be stopped, killed and started again on the same folder and port."""

    def __init__(self, python: Path, data: Path, *arguments: str | Path) -> None:
        self.python = python
        self.data = data
        self.port = 0
        self.arguments = arguments
        self.process: subprocess.Popen[str] | None = None
        self.start()

    def start(self) -> None:
        """Start, and wait for the link."""
        self.process = subprocess.Popen(
            [self.python.with_name("tamis"), "serve", *self.arguments, "--data", self.data,
             "--port", str(self.port)],
            env=environment(), cwd=self.data.parent, text=True, start_new_session=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        lines: queue.Queue[str] = queue.Queue()
        self._reader = threading.Thread(target=_pass_on, args=(self.process, lines), daemon=True)
        self._reader.start()
        try:
            self.link = _link_in(lines)
        except BaseException:
            self.kill()
            raise
        self.url = self.link.partition("/login")[0]
        self.port = int(self.url.rpartition(":")[2])

    def stop(self) -> None:
        """End as by Ctrl-C."""
        assert self.process is not None
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(PATIENCE_SECONDS)
        finally:
            self.kill()

    def kill(self) -> None:
        """End as by a power cut: the server, its worker and its children at once."""
        assert self.process is not None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(PATIENCE_SECONDS)
        self._reader.join(PATIENCE_SECONDS)

    @property
    def address(self) -> dict[str, Any]:
        """What the server wrote about itself."""
        address: dict[str, Any] = json.loads((self.data / "run/server.json").read_text())
        return address

    @contextlib.contextmanager
    def client(self) -> Iterator[Client]:
        """A client with every right, to prepare what a story is not about."""
        with Client(self.url, self.address["secret"]) as client:
            yield client


def environment() -> dict[str, str]:
    """Return the environment without what belongs to the tests or to whoever runs them."""
    ours = ("TAMIS_", "PYTHONPATH")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


def _link_in(lines: "queue.Queue[str]") -> str:
    said = ""
    while not (found := LINK.search(said)):
        line = lines.get(timeout=PATIENCE_SECONDS)
        assert line, f"`tamis serve` ended without a link:\n{said}"
        said += line
    return found.group()


def _pass_on(process: "subprocess.Popen[str]", lines: "queue.Queue[str]") -> None:
    assert process.stdout is not None
    with process.stdout as output:
        for line in output:
            lines.put(line)
    lines.put("")
