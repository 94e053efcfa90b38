"""What does augmentation cost? `python -m benchmarks.learning`

First its share of a training step with SimCLR and the recipe `natural`: the small network at 32 and 64 px,
and ResNet-18 at 224 px. Then views per second of one core: the whole batch at once, against the same recipe
with Pillow one image after the other, and with `--peer` against lightly's SimCLR transform. CPU time of one
thread counts, and the best of the rounds is shown.

With `--peer` then SimCLR end to end beside lightly's own pipeline (`end_to_end.py`), and the vectors that
need no training beside both: a table of 5-NN accuracy on the 9 categories of the demo images.
"""

import argparse
import json
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from benchmarks import end_to_end, machine, naive_views
from benchmarks.images import photos
from benchmarks.peer import ROOT, peer_python, recipe_of
from tamis.learning.augment import augment
from tamis.learning.augmentation import PRESETS
from tamis.learning.backbones import channels_last, make_backbone
from tamis.learning.methods import make_method
from tamis.learning.settings import TrainingSettings

NATURAL = PRESETS["natural"]
ROUNDS = 3
Images = NDArray[np.uint8]


@dataclass(frozen=True)
class Case:
    """A network, the side of the squares in the pool, the side of the views, and images in a batch."""

    backbone: str
    pool: int
    size: int
    batch: int
    most: float
    """The share of a step that augmentation may take."""


END_TO_END = (("small", 32, 2.5), ("resnet18", 32, 1.5))
CASES = (
    Case("small", 48, 32, 256, 0.15),
    Case("small", 96, 64, 128, 0.15),
    Case("resnet18", 336, 224, 16, 0.05),
)


def squares(n: int, side: int) -> Images:
    """Return drawn photos as uint8 (n, side, side, 3)."""
    paths = sorted(photos(max(n, 250)).glob("*.jpg"))[:n]
    made = []
    for path in paths:
        with Image.open(path) as opened:
            made.append(np.asarray(opened.convert("RGB").resize((side, side), Image.Resampling.BICUBIC)))
    return np.stack(made)


def cpu_seconds(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Return the least CPU seconds of a few rounds."""
    found = []
    for _ in range(rounds):
        started = time.process_time()
        work()
        found.append(time.process_time() - started)
    return min(found)


def share(case: Case, images: Images, rounds: int = ROUNDS) -> tuple[float, float]:
    """Return the CPU seconds of a step's augmentation and of the rest of the step."""
    torch.manual_seed(0)
    settings = TrainingSettings(backbone=case.backbone, input_size=case.size, steps=1)
    backbone = make_backbone(case.backbone)
    backbone.mixed_precision = backbone.prefers_bfloat16(torch.device("cpu"))
    method = make_method(settings, backbone, len(images))
    channels_last(method)
    optimizer = torch.optim.AdamW(method.parameters(), fused=True)
    batch, positions = torch.from_numpy(images), torch.arange(len(images))
    generator = torch.Generator().manual_seed(0)
    views: list[torch.Tensor] = []

    def augmenting() -> None:
        views[:] = [
            augment(batch, NATURAL, case.size, generator).contiguous(memory_format=torch.channels_last)
            for _ in range(2)
        ]

    def learning() -> None:
        loss = method.loss(views, positions)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()

    augmenting()
    learning()  # the first pass makes room in memory
    return cpu_seconds(augmenting, rounds), cpu_seconds(learning, rounds)


def rates(case: Case, images: Images, rounds: int = ROUNDS) -> tuple[float, float]:
    """Return views per CPU second: a batch at once, and image by image with Pillow."""
    batch, generator, rng = (
        torch.from_numpy(images),
        torch.Generator().manual_seed(0),
        np.random.default_rng(0),
    )

    def at_once() -> None:
        augment(batch, NATURAL, case.size, generator)

    def one_by_one() -> None:
        views = [naive_views.view(image, NATURAL, case.size, rng) for image in images]
        (torch.from_numpy(np.stack(views)).permute(0, 3, 1, 2).float() - 127) / 128

    at_once()
    n = len(images)
    return n / cpu_seconds(at_once, rounds), n / cpu_seconds(one_by_one, rounds)


def peer_rate(case: Case, images: Images) -> float:
    """Return views per CPU second of lightly's transform with our strengths."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "images.npy"
        np.save(path, images)
        script = str(ROOT / "benchmarks/peer_views.py")
        command = [
            str(peer_python()),
            script,
            str(path),
            str(case.size),
            json.dumps(recipe_of(NATURAL, case.size)),
        ]
        return float(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument(
        "--peer", action="store_true", help="compare with lightly, in an environment of its own"
    )
    parser.add_argument("--seeds", type=int, default=3, help="runs of each side, end to end")
    parser.add_argument("--seconds", type=float, default=120, help="CPU seconds of a run, end to end")
    parser.add_argument(
        "--tuned", action="store_true", help="give lightly's side our layout of tensors, and our precision"
    )
    parser.add_argument("--only", choices=("small", "resnet18"), help="one network, end to end")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    print(f"{machine.model()}, one thread, load {machine.load()}, torch {torch.__version__}")
    for case in CASES:
        images = squares(case.batch, case.pool)
        augmenting, learning = share(case, images)
        part = augmenting / (augmenting + learning)
        verdict = f"at most {case.most:.0%}: {'met' if part <= case.most else 'missed'}"
        print(f"{case.backbone} at {case.size} px: augmentation is {part:.1%} of a step ({verdict})")
        ours, naive = rates(case, images)
        print(f"  views/s: {ours:,.0f} at once; {naive:,.0f} with Pillow, {ours / naive:.1f} x")
        if arguments.peer:
            theirs = peer_rate(case, images)
            print(f"  views/s: {theirs:,.0f} with lightly, {ours / theirs:.1f} x")
    if arguments.peer:
        for backbone, size, least in END_TO_END:
            if arguments.only in (None, backbone):
                end_to_end.compare(
                    backbone, size, arguments.seeds, arguments.seconds, least,
                    tuned=arguments.tuned,
                )  # fmt: skip
        for row in end_to_end.without_training(("small", "resnet18"), arguments.seeds, 32):
            print(row)


if __name__ == "__main__":
    main()
