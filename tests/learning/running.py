"""Runs a small training in a process of its own: `python -m tests.learning.running RUN METHOD STEPS`."""

import os
import sys
from pathlib import Path

import numpy as np

from tamis.cli.training import signals_heard
from tamis.learning.feed import Pool, pool_of
from tamis.learning.settings import TrainingSettings
from tamis.learning.train import Outcome, Silent, Step, train


def pictures(n: int = 48, side: int = 24) -> Pool:
    """Soft blobs of colour, the same each time."""
    low = np.random.default_rng(5).integers(0, 256, (n, 4, 4, 3), np.uint8)
    return pool_of(np.ascontiguousarray(low.repeat(side // 4, axis=1).repeat(side // 4, axis=2)))


def settings(method: str = "simclr", steps: int = 6, **changes: object) -> TrainingSettings:
    known = {
        "method": method,
        "backbone": "small",
        "input_size": 16,
        "batch_size": 16,
        "steps": steps,
        "threads": 1,
    }
    return TrainingSettings.model_validate(known | changes)


def weights(outcome: Outcome) -> str:
    return outcome.checkpoint.facts.weights


class Telling(Silent):
    """Says each step, so that a test may kill the process at one."""

    def step(self, step: Step) -> None:
        print(step.number, flush=True)


def main(run: str, method: str, steps: str) -> None:
    """Save after each step, if this is the first process or the only one; the others never want to."""
    save_seconds = 0 if os.environ.get("RANK", "0") == "0" else 1e9
    with signals_heard() as stop:
        outcome = train(
            pictures(), settings(method, int(steps)), Path(run),
            report=Telling(), stop=stop, save_seconds=save_seconds,
        )  # fmt: skip
    print(outcome.state, outcome.checkpoint.facts.step, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
