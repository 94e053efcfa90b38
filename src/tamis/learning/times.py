"""Where the time of a run goes: seconds of each part, and images a second of late."""

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import torch

PARTS = ("decode", "wait", "augment", "forward", "backward")
"""`decode` comes once, before the first step. `wait` is for the next batch. `backward` holds the mean over
all processes and the optimizer's step. What is left is `other`: health, checkpoints, a first look at all."""
RECENT_SECONDS = 10.0

Clock = Callable[[], float]
_Instant = float | torch.cuda.Event


class Laps:
    """Cuts a step into parts that follow each other. Seconds of the processor, or of the GPU by its events:
    those cost no wait, but may be asked for only once the work is done."""

    def __init__(self, device: torch.device, clock: Clock = time.perf_counter) -> None:
        self._on_gpu, self._clock = device.type == "cuda", clock
        self._ends: list[tuple[str, _Instant]] = []

    def begin(self) -> None:
        """Begin a step."""
        self._ends = [("", self._now())]

    def end(self, part: str) -> None:
        """End a part; the next one begins."""
        self._ends.append((part, self._now()))

    def seconds(self) -> dict[str, float]:
        """Return what each part of the step took."""
        found: dict[str, float] = {}
        for (_, since), (part, until) in zip(self._ends, self._ends[1:], strict=False):
            found[part] = found.get(part, 0.0) + _between(since, until)
        return found

    def _now(self) -> _Instant:
        if not self._on_gpu:
            return self._clock()
        event = torch.cuda.Event(enable_timing=True)  # type: ignore[no-untyped-call]
        event.record()
        return event


def _between(since: _Instant, until: _Instant) -> float:
    if isinstance(since, float) or isinstance(until, float):
        assert isinstance(since, float) and isinstance(until, float)
        return until - since
    until.synchronize()
    return float(since.elapsed_time(until)) / 1000


@dataclass(frozen=True)
class _Mark:
    moment: float
    images: int
    steps: int


class Times:
    """The times of a run in this process. `decode` are the seconds that its images took before."""

    def __init__(self, decode: float = 0.0, clock: Clock = time.perf_counter) -> None:
        self._clock = clock
        self._began = clock() - decode
        self._seconds = dict.fromkeys(PARTS, 0.0) | {"decode": decode}
        self._images = self._steps = 0
        self._told: dict[str, float] = {}
        self.pace_from_here()

    @contextlib.contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Count what happens inside as a part."""
        began = self._clock()
        yield
        self._seconds[name] += self._clock() - began

    def add(self, seconds: Mapping[str, float], images: int) -> None:
        """Count a step of so many images and what its parts took."""
        for name, took in seconds.items():
            self._seconds[name] += took
        self._images += images
        self._steps += 1

    def pace_from_here(self) -> None:
        """Forget how fast it went before: the steps begin now."""
        self._older = self._newer = self._mark()

    def pace(self) -> tuple[float, float]:
        """Return images a second and seconds a step over the last 10 to 20 seconds."""
        now = self._mark()
        seconds = max(now.moment - self._older.moment, 1e-9)
        images, steps = now.images - self._older.images, max(now.steps - self._older.steps, 1)
        if now.moment - self._newer.moment >= RECENT_SECONDS:
            self._older, self._newer = self._newer, now
        return images / seconds, seconds / steps

    def shares(self) -> dict[str, float]:
        """Return the share of each part, and of what is none of them, in the time so far; the sum is 1."""
        found = self._so_far()
        total = max(sum(found.values()), 1e-9)
        return {name: seconds / total for name, seconds in found.items()}

    def line(self) -> dict[str, float]:
        """Return the seconds of each part, and how many images were learned from, since the last line."""
        now = {f"{name}_seconds": seconds for name, seconds in self._so_far().items()}
        now["images"] = self._images
        found = {name: round(value - self._told.get(name, 0), 6) for name, value in now.items()}
        self._told = now
        return found

    def _so_far(self) -> dict[str, float]:
        other = self._clock() - self._began - sum(self._seconds.values())
        return {**self._seconds, "other": max(other, 0.0)}

    def _mark(self) -> _Mark:
        return _Mark(self._clock(), self._images, self._steps)
