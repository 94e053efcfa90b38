"""Runs a small training in a process of its own: `python -m tests.learning.running RUN METHOD STEPS`."""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from tamis.learning.augmentation import PRESETS
from tamis.learning.backbones import make_backbone
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


def adapting(steps: int = 6) -> tuple[TrainingSettings, dict[str, NDArray[Any]]]:
    """DIET from given weights, without augmentation: nothing in it but the batch depends on the process."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        given = {name: tensor.numpy() for name, tensor in make_backbone("small").state_dict().items()}
    return settings("diet", steps, augmentation=PRESETS["none"]), given


def main(run: str, method: str, steps: str) -> None:
    chosen, given = adapting(int(steps)) if method == "adapting" else (settings(method, int(steps)), None)
    outcome = train(
        pictures(), chosen, Path(run),
        weights=given, report=Telling(), save_seconds=0,
    )  # fmt: skip
    print(outcome.state, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
