"""Run a command and watch its whole tree of processes: wall time, CPU seconds, and the peak of its memory."""

import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

_EVERY_SECONDS = 0.1


@dataclass(frozen=True)
class Watched:
    """What a command took. `cpu_seconds` is by process: the words that tell it apart, then user + system."""

    code: int
    out: str
    seconds: float
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


def watch(command: Sequence[str], cwd: Path | None = None) -> Watched:
    """Run a command to its end; its standard error is thrown away."""
    started = time.perf_counter()
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
        text=True,
        cwd=cwd,
    )
    watching = _Watch(process.pid)
    out, _ = process.communicate()
    seconds = time.perf_counter() - started
    watching.stop()
    cpu: dict[str, float] = {}
    for role, spent in watching.cpu.values():
        cpu[role] = cpu.get(role, 0.0) + spent
    return Watched(process.returncode, out, seconds, cpu, watching.peak, measure_of_memory())


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
