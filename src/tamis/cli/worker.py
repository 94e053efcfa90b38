"""The worker process: started at once, started again when it dies, and ended with its parent."""

import contextlib
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path

_MOST_DEATHS = 5
_WINDOW_SECONDS = 60.0
_PATIENCE_SECONDS = 10.0
_PAUSE_SECONDS = 0.2


class Worker:
    """Watches over one worker process. Its standard input is a lifeline: it ends when ours is gone."""

    def __init__(self, command: list[str], log: Path) -> None:
        self._command = command
        self._log = log
        self._stopping = threading.Event()
        self._given_up = False
        self._deaths: deque[float] = deque(maxlen=_MOST_DEATHS)
        self._spawning = threading.Lock()
        self._process = self._spawn()
        self._watcher = threading.Thread(target=self._watch, name="worker-watch", daemon=True)
        self._watcher.start()

    @classmethod
    def for_folder(cls, data: Path, log: Path) -> "Worker":
        """Start the worker of a data folder."""
        # -P: the folder in which the command runs is the user's, and nothing is imported from it.
        return cls([sys.executable, "-P", "-m", "tamis.jobs", "--data", str(data)], log)

    @property
    def pid(self) -> int:
        """The process that works at present."""
        return self._process.pid

    def is_working(self) -> bool:
        """Tell whether there is still a worker, or one about to be started."""
        return not self._given_up

    def stop(self) -> None:
        """End the process: by its lifeline, and by force if it does not let go."""
        self._stopping.set()
        with self._spawning:
            process = self._process
        with contextlib.suppress(OSError):
            assert process.stdin is not None
            process.stdin.close()
        for force in (process.terminate, process.kill):
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_PATIENCE_SECONDS)
                break
            force()
        self._watcher.join()

    def _spawn(self) -> "subprocess.Popen[bytes]":
        with self._log.open("ab") as log, _deaf_to_interrupts():
            return subprocess.Popen(  # noqa: S603  # our own interpreter and module
                self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log
            )

    def _watch(self) -> None:
        while True:
            process = self._process
            assert process.stdin is not None and process.stdout is not None
            for _ in process.stdout:  # drained, so that the worker never blocks on it
                pass
            process.wait()
            process.stdout.close()
            with contextlib.suppress(OSError):
                process.stdin.close()
            if self._stopping.wait(_PAUSE_SECONDS) or not self._spawn_again():
                return

    def _spawn_again(self) -> bool:
        self._deaths.append(time.monotonic())
        often = len(self._deaths) == _MOST_DEATHS
        if often and self._deaths[-1] - self._deaths[0] < _WINDOW_SECONDS:
            self._given_up = True
            return False
        with self._spawning:
            if self._stopping.is_set():
                return False
            self._process = self._spawn()
        return True


@contextlib.contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """What is started here never hears Ctrl-C, not even while it loads: the parent decides."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
