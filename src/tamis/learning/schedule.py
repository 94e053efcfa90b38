"""How far a run is, and the learning rate that goes with it."""

import math
import time
from dataclasses import dataclass

WARM_UP = 0.05


@dataclass
class Budget:
    """Exactly one of epochs, steps and minutes. `spent` are the seconds of the runs before this one."""

    steps: int | None
    seconds: float | None
    spent: float = 0.0

    def __post_init__(self) -> None:
        self._since = time.monotonic()

    def elapsed(self) -> float:
        """Return the seconds spent, those before a resume too."""
        return self.spent + time.monotonic() - self._since

    def fraction(self, step: int) -> float:
        """Return the share of the budget, 0 to 1, that is used up before a step."""
        if self.steps is not None:
            return min(1.0, step / self.steps)
        return min(1.0, self.elapsed() / (self.seconds or math.inf))

    def left(self, step: int, seconds_per_step: float) -> float:
        """Return the seconds that are still to come after a step; for a budget of steps, at this pace."""
        if self.steps is not None:
            return max(0, self.steps - step) * seconds_per_step
        return max(0.0, (self.seconds or 0.0) - self.elapsed())


def rate(fraction: float) -> float:
    """Return the factor of the learning rate: a straight rise, then half a cosine down to zero."""
    if fraction < WARM_UP:
        return 0.01 + 0.99 * fraction / WARM_UP
    return 0.5 * (1 + math.cos(math.pi * (fraction - WARM_UP) / (1 - WARM_UP)))
