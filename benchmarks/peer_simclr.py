"""Lightly's own SimCLR pipeline, end to end; runs in the environment of `benchmarks.learning --peer`.

`python peer_simclr.py JOB.json` reads what to do (see `benchmarks.end_to_end.Job`), trains, writes the
vectors of the images in `squares` to `vectors`, and prints what it took as JSON. The dataset, its loader, the
transform, the head and the loss are lightly's; the network and the schedule of the learning rate are ours, so
that only what the two differ in is compared.
"""

import json
import os
import sys
import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from benchmarks.peer_views import allow_torchvision
from tamis.learning.backbones import Backbone, channels_last, make_backbone
from tamis.learning.schedule import rate

IMAGENET = {"mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]}


def cpu_seconds() -> float:
    """Return the CPU seconds of this process and of the loader's workers."""
    times = os.times()
    own = times.user + times.system + times.children_user + times.children_system
    return own + sum(_of_process(int(name)) for name in _children())


def _children() -> list[str]:
    listed = Path(f"/proc/self/task/{os.getpid()}/children")
    return listed.read_text().split() if listed.exists() else []


def _of_process(number: int) -> float:
    try:
        fields = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Run:
    """A network with lightly's head, loss and loader."""

    def __init__(self, job: dict[str, Any], workers: int) -> None:
        transform = import_module("lightly.transforms").SimCLRTransform(
            input_size=job["size"], **job["recipe"]
        )
        images = import_module("lightly.data").LightlyDataset(job["folder"], transform=transform)
        self.loader = torch.utils.data.DataLoader(
            images, batch_size=job["batch"], shuffle=True, drop_last=True, num_workers=workers,
            persistent_workers=workers > 0,
        )  # fmt: skip
        self.backbone: Backbone = make_backbone(job["backbone"])
        width = self.backbone.dimension
        self.head = import_module("lightly.models.modules").SimCLRProjectionHead(width, min(width, 512), 128)
        self.loss = import_module("lightly.loss").NTXentLoss(temperature=0.2)
        self.tuned: bool = job["tuned"]
        if self.tuned:
            channels_last(self.backbone)
            self.backbone.mixed_precision = self.backbone.prefers_bfloat16(torch.device("cpu"))
        parameters = [*self.backbone.parameters(), *self.head.parameters()]
        self.optimizer = torch.optim.AdamW(parameters, lr=1e-3, weight_decay=0.05)

    def batches(self) -> Iterator[list[Tensor]]:
        """Return the views of one batch after the other, epoch after epoch."""
        while True:
            for views, _labels, _names in self.loader:
                yield views

    def step(self, views: list[Tensor], fraction: float) -> None:
        """Take one step of the optimizer."""
        for group in self.optimizer.param_groups:
            group["lr"] = 1e-3 * rate(fraction)
        both = torch.cat(views)
        if self.tuned:
            both = both.contiguous(memory_format=torch.channels_last)
        first, second = self.head(self.backbone(both)).chunk(2)
        loss = self.loss(first, second)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()


def seconds_of_steps(job: dict[str, Any], workers: int, steps: int) -> float:
    """Return the CPU seconds of a step, the first two left out."""
    run = Run(job, workers)
    batches = run.batches()
    for step in range(steps + 2):
        if step == 2:
            began = cpu_seconds()
        run.step(next(batches), 0.0)
    return (cpu_seconds() - began) / steps


@torch.inference_mode()
def vectors_of(backbone: Backbone, squares: np.ndarray) -> np.ndarray:
    """Encode uint8 squares (n, s, s, 3) with the normalisation of lightly's transform."""
    backbone.eval()
    mean, deviation = torch.tensor(IMAGENET["mean"]), torch.tensor(IMAGENET["std"])
    parts = [
        backbone(((torch.from_numpy(part) / 255 - mean) / deviation).permute(0, 3, 1, 2))
        for part in np.array_split(squares, max(1, len(squares) // 64))
    ]
    return torch.cat(parts).numpy()


def main(told: str) -> None:
    allow_torchvision()
    job = json.loads(Path(told).read_text(encoding="utf-8"))
    torch.set_num_threads(1)
    torch.manual_seed(job["seed"])
    if "workers" not in job:
        took = {workers: seconds_of_steps(job, workers, 6) for workers in (0, 1, 2)}
        print(json.dumps(took))
        return
    began, run = cpu_seconds(), Run(job, job["workers"])
    batches, step, spent = run.batches(), 0, 0.0
    wall = time.monotonic()
    while spent < job["seconds"]:
        run.step(next(batches), min(1.0, spent / job["seconds"]))
        step += 1
        spent = cpu_seconds() - began
    print(json.dumps({"steps": step, "seconds": spent, "wall": time.monotonic() - wall}))
    np.save(job["vectors"], vectors_of(run.backbone, np.load(job["squares"])))


if __name__ == "__main__":
    main(sys.argv[1])
