"""The parent's side of one child process."""

import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from typing import cast

from tamis.engine import plain, wire
from tamis.engine.base import Died, FunctionFailedError

# The child's command line is its own: multiprocessing would import the program's __main__ once more.
_BOOT = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from tamis.engine.child import main; main(int(sys.argv[2]))"
)
# glibc hands large blocks back to the system at once, and fetches and clears them anew for the next picture:
# a fifth of the time that reading takes. Kept instead, they are used again.
_ALLOCATION = {"MALLOC_MMAP_THRESHOLD_": str(32 << 20), "MALLOC_TRIM_THRESHOLD_": str(256 << 20)}
BOOT_SECONDS = 120.0
"""How long a child may take to start and to import the function's module."""
_NONSENSE = "The process answered with something that is no answer."
_LONGEST_TEXT = 10_000


@dataclass(eq=False, slots=True)
class Task:
    """A shard on its way through a child. `frame` is the child's answer, `failure` what stands for one."""

    function: bytes
    shard: bytes
    child: "Child | None" = None
    frame: tuple[bytes, bytearray] | None = None
    failure: Died | Exception | None = None
    retried: bool = False

    @property
    def done(self) -> bool:
        """Whether there is an answer, or none will come."""
        return self.frame is not None or self.failure is not None

    def outcome(self) -> object:
        """Return the value or `Died`; raise a FunctionFailedError where the function raised."""
        if isinstance(self.failure, Exception):
            raise self.failure
        if self.frame is None:
            return self.failure
        kind, payload = self.frame
        try:
            value = plain.decode(payload)
        except ValueError:
            return self._nonsense()
        if kind == wire.VALUE:
            return value
        match value:
            case [str(error), str(trace)] if kind == wire.RAISED:
                failed = FunctionFailedError(error[:_LONGEST_TEXT])
                failed.add_note(f"In the engine's child process:\n{trace[-_LONGEST_TEXT:]}")
                raise failed
        return self._nonsense()

    def _nonsense(self) -> Died:
        if self.child is not None:
            self.child.kill(_NONSENSE)
        return Died(_NONSENSE)


class Child:
    """A process, the task it works on, and why it was killed, if it was."""

    def __init__(self, memory_bytes: int) -> None:
        self.task: Task | None = None
        self.ready = False
        self.started = False
        self.doom: str | None = None
        self.deadline = time.monotonic() + BOOT_SECONDS
        self._function: bytes | None = None
        self._writing = threading.Lock()
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and code
            [
                sys.executable,
                "-c",
                _BOOT,
                json.dumps([os.fspath(path) for path in sys.path]),
                str(memory_bytes),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            env=_ALLOCATION | os.environ,
        )

    def receive(self) -> tuple[bytes, bytearray] | None:
        """Wait for a frame; None once the process is gone."""
        try:
            return wire.receive(cast(io.FileIO, self._process.stdout), wire.LONGEST_ANSWER)
        except wire.TooLongError:
            self.kill(_NONSENSE)
            return None

    def send(self, task: Task) -> None:
        """Hand over a task. If the process is gone, whoever listens to it will notice."""
        pipe = cast(io.FileIO, self._process.stdin)
        try:
            with self._writing:
                if task.function != self._function:
                    wire.send(pipe, wire.FUNCTION, task.function)
                    self._function = task.function
                wire.send(pipe, wire.SHARD, task.shard)
        except (OSError, ValueError):  # a broken pipe, or one that is closed already
            return

    def kill(self, reason: str) -> None:
        """End the process at once."""
        self.doom = self.doom or reason
        self._process.kill()

    def bury(self) -> str:
        """Wait for the process, which has closed its pipe or been killed, and say why it ended."""
        self._process.kill()  # does nothing if it has ended; else it has only closed its pipe
        status = self._process.wait()
        with self._writing:
            cast(io.FileIO, self._process.stdin).close()
        cast(io.FileIO, self._process.stdout).close()
        if self.doom:
            return self.doom
        if status == wire.OUT_OF_MEMORY:
            return "The process ran out of memory."
        if status < 0:
            return f"The process was killed by signal {-status} ({signal.strsignal(-status)})."
        return f"The process ended with status {status}."
