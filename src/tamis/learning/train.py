"""The training loop. It knows no method and no backbone, and everything that chance decides hangs on
(seed, step): so a run that was killed and goes on gives, on a processor, the same weights bit for bit.
"""

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
import torch
from numpy.typing import NDArray

from tamis.learning.checkpoint import Checkpoint, find_checkpoint, has_checkpoint
from tamis.learning.feed import Batch, Feed, Pool
from tamis.learning.health import Collapse, Health, find_collapse
from tamis.learning.history import History
from tamis.learning.processes import device_of_this_process, group
from tamis.learning.session import Session
from tamis.learning.settings import TrainingSettings
from tamis.model.errors import Invalid

SAVE_SECONDS = 60.0
_RECENT_SECONDS = 10.0
Labels = NDArray[np.int64]


@dataclass(frozen=True)
class Step:
    """How far training is after a step. `shares` are the parts of the time since the last report."""

    number: int
    epoch: int
    loss: float
    fraction: float
    eta_seconds: float
    images_per_second: float
    shares: dict[str, float]


class Report(Protocol):
    """Is told what happens."""

    def step(self, step: Step) -> None:
        """Hear of a step."""

    def health(self, epoch: int, health: Health) -> None:
        """Hear how the features are."""


class Silent:
    """A report to nobody."""

    def step(self, step: Step) -> None:
        """Pass over it."""

    def health(self, epoch: int, health: Health) -> None:
        """Pass over it."""


@dataclass(frozen=True)
class Outcome:
    """What came of a run; it `stopped` when it was told to, and can then be resumed."""

    checkpoint: Checkpoint
    state: Literal["finished", "stopped", "collapsed"]
    health: list[Health]
    collapse: Collapse | None = None


def train(
    pool: Pool,
    settings: TrainingSettings,
    run: Path,
    *,
    weights: Mapping[str, NDArray[Any]] | None = None,
    labels: Labels | None = None,
    report: Report | None = None,
    stop: Callable[[], bool] = lambda: False,
    save_seconds: float = SAVE_SECONDS,
) -> Outcome:
    """Train on a pool and save into the run's folder; go on from the newest checkpoint there.

    Args:
        weights: the backbone's state to begin with, by name; without it, chance.
        labels: an integer for each image of the pool, -1 for none; only health looks at them.
        stop: asked after every step; once it is true, the run is saved and returns.

    Raises:
        Invalid: the checkpoint there is of other images or other settings.
        NoSpace: the disk is full; the last checkpoint is whole.
    """
    if len(pool) < 2:
        raise Invalid(f"Training needs at least two images, not {len(pool)}.")
    run.mkdir(parents=True, exist_ok=True)
    with group() as peers, torch.random.fork_rng(devices=[]):
        if settings.threads is not None:
            torch.set_num_threads(settings.threads)
        session = Session(pool, settings, run, device_of_this_process(), peers, weights, labels)
        if has_checkpoint(run):
            session.restore(find_checkpoint(run))
        return _Loop(session, report or Silent(), stop, save_seconds).run()


@dataclass
class _Clock:
    """Where the time went since the last report but one."""

    since: float = field(default_factory=time.monotonic)
    images: int = 0
    parts: dict[str, float] = field(default_factory=lambda: dict.fromkeys(("wait", "augment", "learn"), 0.0))

    def told(self) -> tuple[float, dict[str, float]]:
        """Return images per second and the share of each part, over the last seconds."""
        seconds = max(time.monotonic() - self.since, 1e-9)
        return self.images / seconds, {name: part / seconds for name, part in self.parts.items()}

    def fade(self) -> None:
        """Begin anew after a while, so that what is told is recent."""
        if time.monotonic() - self.since > _RECENT_SECONDS:
            self.since, self.images = time.monotonic(), 0
            self.parts = dict.fromkeys(self.parts, 0.0)


class _Loop:
    def __init__(
        self, session: Session, report: Report, stop: Callable[[], bool], save_seconds: float
    ) -> None:
        self._session, self._report, self._stop, self._save_seconds = session, report, stop, save_seconds
        self._history = History(session.run, session.step) if session.peers.rank == 0 else None
        self._clock, self._saved_at = _Clock(), time.monotonic()
        self._collapse: Collapse | None = None

    def run(self) -> Outcome:
        session = self._session
        if session.step == 0:
            session.begin()
            self._measure(0)
        feed = Feed(
            session.pool, session.settings.batch_size, session.settings.seed,
            rank=session.peers.rank, world=session.peers.world,
        )  # fmt: skip
        batches = feed.batches(session.step)
        fraction, stopped = self._where()
        while fraction < 1 and not stopped:
            asked = time.monotonic()
            batch = next(batches)
            self._clock.parts["wait"] += time.monotonic() - asked
            self._tell(session.learn(batch, fraction, self._clock.parts), batch)
            if session.step % session.health_steps == 0:
                self._measure(batch.epoch + 1)
            fraction, stopped = self._where()
            if time.monotonic() - self._saved_at >= self._save_seconds:
                self._save()
        batches.close()
        if session.step % session.health_steps and fraction >= 1:
            self._measure(-(-session.step // session.epoch_steps))
        ended: Literal["finished", "stopped"] = "finished" if fraction >= 1 else "stopped"
        checkpoint = self._save()
        health = self._history.health() if self._history else []
        return Outcome(checkpoint, "collapsed" if self._collapse else ended, health, self._collapse)

    def _where(self) -> tuple[float, bool]:
        session = self._session
        stop = self._stop() or self._collapse is not None
        return session.peers.agree(session.budget.fraction(session.step), stop)

    def _tell(self, loss: float, batch: Batch) -> None:
        if not math.isfinite(loss):
            self._collapse = Collapse(
                "The loss is no longer a number.", "Try a smaller --set learning_rate=..."
            )
        if self._history is None:
            return
        budget, step = self._session.budget, self._session.step
        self._history.add(step, loss=loss)
        self._clock.images += len(batch.rows) * self._session.peers.world
        rate, shares = self._clock.told()
        self._clock.fade()
        fraction = budget.fraction(step)
        eta = budget.elapsed() * (1 - fraction) / max(fraction, 1e-9)
        self._report.step(Step(step, batch.epoch, loss, fraction, eta, rate, shares))

    def _measure(self, epoch: int) -> None:
        """Measure health and look for a collapse; the first process does it for all."""
        if self._history is None:
            return
        health = self._session.measure()
        self._history.add(self._session.step, **health.model_dump(exclude_none=True))
        self._history.draw()
        self._report.health(epoch, health)
        self._collapse = self._collapse or find_collapse(self._history.health())

    def _save(self) -> Checkpoint:
        """Save, the history first: then no checkpoint lacks the lines before it."""
        self._saved_at = time.monotonic()
        if self._history is not None:
            self._history.flush()
            self._session.save()
        self._session.peers.wait()
        return find_checkpoint(self._session.run)
