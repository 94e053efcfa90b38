"""The training loop. It knows no method and no backbone, and everything that chance decides hangs on
(seed, step): so a run that was killed and goes on gives, on a processor, the same weights bit for bit.
"""

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
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
from tamis.learning.times import Times
from tamis.model.errors import Invalid

SAVE_SECONDS = 60.0
_NOT_A_NUMBER = Collapse(
    "The loss is no longer a number.",
    "Nothing of that step was kept. Train anew with a smaller --set learning_rate=... and another --out.",
)
Labels = NDArray[np.int64]


@dataclass(frozen=True)
class Step:
    """How far training is after a step. `n_steps` and `n_epochs` are None where the budget does not say.

    `images_per_second` is of the last seconds; `shares` are the parts of all the time so far (times.py).
    """

    number: int
    n_steps: int | None
    epoch: int
    n_epochs: int | None
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
        weights: the backbone's state to begin with, by name; without it, chance. A run that goes on needs it
            only where the settings name none.
        labels: an integer for each image of the pool, -1 for none; only health looks at them.
        stop: asked after every step; once it is true, the run is saved and returns.

    Raises:
        Invalid: the checkpoint there is of other images or other settings, or there are too many processes.
        NoSpace: the disk is full; the last checkpoint is whole.
    """
    if len(pool) < 2:
        raise Invalid(f"Training needs at least two images, not {len(pool)}.")
    run.mkdir(parents=True, exist_ok=True)
    with group() as peers, torch.random.fork_rng(devices=[]):
        if settings.threads is not None:
            torch.set_num_threads(settings.threads)
        _check_shares(min(settings.batch_size, len(pool)), peers.world)
        session = Session(pool, settings, run, device_of_this_process(), peers, weights, labels)
        if has_checkpoint(run):
            session.restore(find_checkpoint(run))
        return _Loop(session, report or Silent(), stop, save_seconds).run()


def _check_shares(batch_size: int, world: int) -> None:
    if batch_size < 2 * world:
        raise Invalid(
            f"A batch of {batch_size} images is too small for {world} processes: each needs two of them. "
            "Start fewer, or take larger batches with --set batch_size=..."
        )


class _Loop:
    def __init__(
        self, session: Session, report: Report, stop: Callable[[], bool], save_seconds: float
    ) -> None:
        self._session, self._report, self._stop, self._save_seconds = session, report, stop, save_seconds
        self._history = History(session.run, session.step) if session.peers.rank == 0 else None
        self._times, self._saved_at = Times(session.pool.decode_seconds), time.monotonic()
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
        fraction, stopped, due = self._where()
        self._times.pace_from_here()
        while (
            fraction < 1 or session.step == 0
        ) and not stopped:  # minutes may be over before the first step
            with self._times.part("wait"):
                batch = next(batches)
            loss = session.learn(batch, fraction, self._times)
            if math.isnan(loss):
                self._collapse = _NOT_A_NUMBER
            else:
                self._tell(loss, batch)
                if session.step % session.health_steps == 0:
                    self._measure(batch.epoch + 1)
            fraction, stopped, due = self._where()
            if due:
                self._save()
        batches.close()
        if session.step % session.health_steps and fraction >= 1:
            self._measure(-(-session.step // session.epoch_steps))
        ended: Literal["finished", "stopped"] = "finished" if fraction >= 1 else "stopped"
        checkpoint = self._save()
        health = self._history.health() if self._history else []
        return Outcome(checkpoint, "collapsed" if self._collapse else ended, health, self._collapse)

    def _where(self) -> tuple[float, bool, bool]:
        """Return the used share of the budget, whether to stop and whether to save: the same everywhere."""
        session = self._session
        stop = self._stop() or self._collapse is not None
        due = time.monotonic() - self._saved_at >= self._save_seconds
        return session.peers.agree(session.budget.fraction(session.step), stop, due)

    def _tell(self, loss: float, batch: Batch) -> None:
        if self._history is None:
            return
        session = self._session
        self._history.add(session.step, loss=loss)
        rate, seconds_per_step = self._times.pace()
        step = Step(
            number=session.step,
            n_steps=session.budget.steps,
            epoch=batch.epoch,
            n_epochs=session.settings.epochs,
            loss=loss,
            fraction=session.budget.fraction(session.step),
            eta_seconds=session.budget.left(session.step, seconds_per_step),
            images_per_second=rate,
            shares=self._times.shares(),
        )
        self._report.step(step)

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
            self._history.add(self._session.step, **self._times.line())
            self._history.flush()
            self._session.save()
        self._session.peers.wait()
        return find_checkpoint(self._session.run)
