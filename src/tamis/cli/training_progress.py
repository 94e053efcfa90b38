"""How far training is: one live line on a terminal, plain lines anywhere else; always on stderr."""

import sys
import time
from typing import TYPE_CHECKING

from tamis.cli.output import note

if TYPE_CHECKING:
    from tamis.learning.health import Health
    from tamis.learning.train import Report, Step

_LIVE_SECONDS, _PLAIN_SECONDS = 0.25, 10.0


class Progress:
    """Writes over one line; health gets a line of its own that stays."""

    def __init__(self, live: bool) -> None:
        self._live = live
        self._every = _LIVE_SECONDS if live else _PLAIN_SECONDS
        self._said = -self._every

    def step(self, step: "Step") -> None:
        """Say how far it is, when it is time to."""
        now = time.monotonic()
        if now - self._said < self._every and step.fraction < 1:
            return
        self._said = now
        self._write(step_line(step))

    def health(self, epoch: int, health: "Health") -> None:
        """Say how the features are."""
        line = f"Epoch {epoch}: {health_words(health)}"
        if self._live:
            sys.stderr.write(f"\r\x1b[K{line}\n")
        else:
            note(line)

    def _write(self, line: str) -> None:
        if self._live:
            sys.stderr.write(f"\r\x1b[K{line}")
            sys.stderr.flush()
        else:
            note(line)


def step_line(step: "Step") -> str:
    """Write a step: how much is done, the loss, images a second and where the time goes, and what is left."""
    shares = ", ".join(f"{name} {100 * share:.0f} %" for name, share in step.shares.items())
    minutes, seconds = divmod(round(step.eta_seconds), 60)
    return (
        f"Training: {100 * step.fraction:.0f} %, epoch {step.epoch + 1}, loss {step.loss:.3f}, "
        f"{step.images_per_second:.0f} images/s ({shares}), {minutes}:{seconds:02d} left"
    )


def health_words(health: "Health") -> str:
    """Write what health is about in few words."""
    knn = "" if health.knn is None else f", 5-NN {health.knn:.3f}"
    return (
        f"effective rank {health.effective_rank:.0f}, spread {health.spread:.2f}, "
        f"views found again {100 * health.agreement:.0f} %{knn}"
    )


def make_report() -> "Report":
    """Choose what fits where stderr goes."""
    return Progress(sys.stderr.isatty())
