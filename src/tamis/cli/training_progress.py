"""How far training is: one live line on a terminal, plain lines anywhere else; always on stderr."""

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Self

from tamis.cli.output import note

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from tamis.learning.health import Health
    from tamis.learning.times import Clock
    from tamis.learning.train import Step

_LIVE_SECONDS, _PLAIN_SECONDS = 0.25, 10.0
_BAR = 14


class Lines:
    """A line every ten seconds, at the end, and for every measure of health."""

    def __init__(self, clock: "Clock" = time.monotonic) -> None:
        self._turn = _Turn(_PLAIN_SECONDS, clock)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass

    def step(self, step: "Step") -> None:
        """Say how far it is, when it is time to."""
        if self._turn.has_come(step):
            note(f"Training: {', '.join(progress_words(step))} ({', '.join(share_words(step))})")

    def health(self, epoch: int, health: "Health") -> None:
        """Say how the features are."""
        note(f"Epoch {epoch}: {health_words(health)}")


class LiveLine:
    """A line that is written over; health stays above it. A narrow terminal gets two rows and no bar."""

    def __init__(self, console: "Console | None" = None, clock: "Clock" = time.monotonic) -> None:
        from rich.console import Console
        from rich.live import Live

        self._live = Live(console=console or Console(stderr=True), auto_refresh=False)
        self._turn = _Turn(_LIVE_SECONDS, clock)

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()

    def step(self, step: "Step") -> None:
        """Show how far it is, when it is time to."""
        if self._turn.has_come(step):
            self._live.update(self._drawn(step), refresh=True)

    def health(self, epoch: int, health: "Health") -> None:
        """Say how the features are."""
        self._live.console.print(f"Epoch {epoch}: {health_words(health)}", highlight=False, markup=False)

    def _drawn(self, step: "Step") -> "RenderableType":
        from rich.progress_bar import ProgressBar
        from rich.table import Table
        from rich.text import Text

        rows = " · ".join(progress_words(step)), " ".join(share_words(step))
        line = " · ".join(rows)
        if len(line) > self._live.console.width:
            return Text("\n".join(rows))
        if len(line) + 1 + _BAR > self._live.console.width:
            return Text(line)
        barred = Table.grid(padding=(0, 1))
        barred.add_row(ProgressBar(total=1, completed=step.fraction, width=_BAR), Text(line))
        return barred


class _Turn:
    """Keeps a calm rate; the last step is always told."""

    def __init__(self, every: float, clock: "Clock") -> None:
        self._every, self._clock = every, clock
        self._said = -every

    def has_come(self, step: "Step") -> bool:
        now = self._clock()
        if now - self._said < self._every and step.fraction < 1:
            return False
        self._said = now
        return True


def progress_words(step: "Step") -> list[str]:
    """Write how much is done and left, the loss, and images a second."""
    return [
        f"{100 * step.fraction:.0f} %",
        f"{_duration(step.eta_seconds)} left",
        f"epoch {step.epoch + 1}" + (f"/{step.n_epochs}" if step.n_epochs else ""),
        f"step {step.number}" + (f"/{step.n_steps}" if step.n_steps else ""),
        f"loss {step.loss:.3f}",
        f"{step.images_per_second:.0f} images/s",
    ]


def share_words(step: "Step") -> list[str]:
    """Write where the time goes, part by part."""
    return [f"{name} {100 * share:.0f} %" for name, share in step.shares.items()]


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def health_words(health: "Health") -> str:
    """Write what health is about in few words."""
    knn = "" if health.knn is None else f", 5-NN {health.knn:.3f}"
    return (
        f"effective rank {health.effective_rank:.0f}, spread {health.spread:.2f}, "
        f"views found again {100 * health.agreement:.0f} %{knn}"
    )


def make_report() -> Lines | LiveLine:
    """Choose what fits where stderr goes."""
    return LiveLine() if sys.stderr.isatty() else Lines()
