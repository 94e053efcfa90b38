"""Run a command, for its wall time, or for the CPU seconds and the peak memory of its tree of processes.

Never for both at once: to ask for the shared part of memory ten times a second takes a fifth of a core.
"""

import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

_EVERY_SECONDS = 0.1


@dataclass(frozen=True)
class Ran:
    """How a command ended, what it printed, and how long it took."""

    code: int
    out: str
    seconds: float


@dataclass(frozen=True)
class Watched:
    """What a command took. `cpu_seconds` is by process: the words that tell it apart, then user + system."""

    code: int
    cpu_seconds: dict[str, float]
    peak_bytes: int
    measure: str


class _Watch:
    """Samples a tree ten times a second. What happens between two samples goes unseen."""

    def __init__(self, root: int) -> None:
        self._root = psutil.Process(root)
        self._ended = threading.Event()
        self.peak = 0
        self.cpu: dict[int, tuple[str, float]] = {}
        self._thread = threading.Thread(target=self._look_often)
        self._thread.start()

    def stop(self) -> None:
        self._ended.set()
        self._thread.join()

    def _look_often(self) -> None:
        while not self._ended.wait(_EVERY_SECONDS):
            try:
                tree = [self._root, *self._root.children(recursive=True)]
            except psutil.NoSuchProcess:
                return
            self.peak = max(self.peak, sum(self._look(process) for process in tree))

    def _look(self, process: psutil.Process) -> int:
        try:
            if process.pid not in self.cpu:
                self.cpu[process.pid] = (_role(process.cmdline()), 0.0)
            times = process.cpu_times()
            self.cpu[process.pid] = (self.cpu[process.pid][0], times.user + times.system)
            return _memory(process)
        except (psutil.Error, OSError):  # it has just ended
            return 0


def cpu_seconds() -> float:
    """Return what this process and its living children have computed so far."""
    this = psutil.Process()
    times = [process.cpu_times() for process in (this, *this.children(recursive=True))]
    return float(sum(time.user + time.system for time in times))


def measure_of_memory() -> str:
    """Say what `_memory` counts: shared pages in part, where Linux tells, and else in each process anew."""
    return "PSS" if Path("/proc/self/smaps_rollup").exists() else "RSS"


def run(command: Sequence[str]) -> Ran:
    """Run a command to its end and take its time; its standard error is thrown away."""
    started = time.perf_counter()
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, check=False
    )
    return Ran(done.returncode, done.stdout.decode(), time.perf_counter() - started)


def watch(command: Sequence[str]) -> Watched:
    """Run a command to its end and look at its memory; that slows it down, so its time means nothing."""
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL
    )
    watching = _Watch(process.pid)
    code = process.wait()
    watching.stop()
    cpu: dict[str, float] = {}
    for role, spent in watching.cpu.values():
        cpu[role] = cpu.get(role, 0.0) + spent
    return Watched(code, cpu, watching.peak, measure_of_memory())


def _memory(process: psutil.Process) -> int:
    if measure_of_memory() == "RSS":
        return int(process.memory_info().rss)
    for line in Path(f"/proc/{process.pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0


def _role(command: list[str]) -> str:
    words = " ".join(command)
    if "tamis.engine" in words:
        return "reader"
    return "worker" if "tamis.jobs" in words else "command"
