"""SimCLR end to end beside lightly's own pipeline; `python -m benchmarks.learning --peer` prints it.

Both train the same network on the same files with the same recipe and the same CPU seconds, on one core each,
at the same time. Ours reads the files once and augments a batch at a time; the seconds of reading and of
measuring health count. Lightly's reads and augments image by image in its loader, with the number of workers
that takes the fewest CPU seconds. Then the five nearest neighbours vote on the category of each image, itself
left out.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from benchmarks.labelled import CACHE, emoji_features
from benchmarks.peer import ROOT, peer_python, recipe_of
from demo import emoji
from demo.fetch import EMOJI, fetch_npm
from tamis.cli.training import side_of
from tamis.encoders import open_encoder
from tamis.images.read import read_image
from tamis.images.square import squares
from tamis.learning.augmentation import PRESETS
from tamis.learning.backbones import make_backbone
from tamis.learning.encode import encode, open_trained
from tamis.learning.feed import pool_of
from tamis.learning.health import hits_of
from tamis.learning.settings import TrainingSettings
from tamis.learning.train import train
from tamis.projection import fit_basis

BATCH = 128
FOLDER = CACHE / "benchmark-emoji-flat"
Images = NDArray[np.uint8]
Labels = NDArray[np.int64]


@dataclass(frozen=True)
class Job:
    """One run of one side; it writes the vectors of the images in `squares` to `vectors`."""

    backbone: str
    size: int
    seed: int
    seconds: float
    squares: str
    vectors: str
    workers: int = 0
    tuned: bool = False
    """Whether lightly's side lays its tensors out and multiplies as ours does; its own does neither."""
    folder: str = str(FOLDER)
    batch: int = BATCH

    def told(self) -> dict[str, object]:
        """Return all that lightly's side needs, too."""
        return asdict(self) | {"recipe": recipe_of(PRESETS["natural"], self.size)}


def names_and_labels() -> tuple[list[str], Labels]:
    """Return the file names of the demo images, and their 9 categories."""
    metadata = emoji.lay_out(fetch_npm(*EMOJI, CACHE), CACHE / "benchmark-emoji")
    for name in metadata:
        if not (FOLDER / name).exists():
            _flatten(CACHE / "benchmark-emoji" / name, FOLDER / name)
    categories = [facts["category"] for facts in metadata.values()]
    return list(metadata), np.unique(categories, return_inverse=True)[1].astype(np.int64)


def _flatten(picture: Path, into: Path) -> None:
    """Lay a picture on white, since lightly's loader drops what is transparent otherwise than ours."""
    into.parent.mkdir(parents=True, exist_ok=True)
    with Image.open(picture) as opened:
        drawn = opened.convert("RGBA")
    white = Image.new("RGBA", drawn.size, "white")
    Image.alpha_composite(white, drawn).convert("RGB").save(into)


def read_squares(folder: Path, names: Sequence[str], side: int) -> Images:
    """Read images as `tamis train` does: (n, side, side, 3)."""
    results = (read_image(folder, name.encode()) for name in names)
    return squares([one.thumbnail for one in results if one.thumbnail is not None], side, 1)


def own(job: Job) -> dict[str, float]:
    """Train, write the vectors, and return the steps and the CPU seconds."""
    torch.set_num_threads(1)
    began = time.process_time()
    names = sorted(str(path.relative_to(job.folder)) for path in Path(job.folder).rglob("*.png"))
    settings = TrainingSettings(
        backbone=job.backbone, input_size=job.size, batch_size=job.batch, minutes=job.seconds / 60,
        seed=job.seed, threads=1,
    )  # fmt: skip
    pool = pool_of(read_squares(Path(job.folder), names, side_of(settings)))
    left = job.seconds - (time.process_time() - began)
    settings = settings.model_copy(update={"minutes": left / 60})
    with tempfile.TemporaryDirectory() as run:
        outcome = train(pool, settings, Path(run))
        seconds = time.process_time() - began
        np.save(job.vectors, open_trained(Path(run)).encode(np.load(job.squares)))
    return {"steps": outcome.checkpoint.facts.step, "seconds": seconds}


def run(command: Sequence[str], job: Mapping[str, object]) -> dict[str, float]:
    """Run one side in a process of its own, and return what it printed."""
    env = os.environ | {"PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}", "OMP_NUM_THREADS": "1"}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "job.json"
        file.write_text(json.dumps(job), encoding="utf-8")
        told = subprocess.run([*command, file], env=env, check=True, stdout=subprocess.PIPE, text=True).stdout
    return {str(name): float(value) for name, value in json.loads(told.splitlines()[-1]).items()}


def ours(job: Job) -> dict[str, float]:
    return run([sys.executable, "-m", "benchmarks.end_to_end"], job.told())


def theirs(job: Mapping[str, object]) -> dict[str, float]:
    return run([str(peer_python()), str(ROOT / "benchmarks/peer_simclr.py")], job)


def best_workers(job: Job) -> int:
    """Return the number of workers with which lightly takes the fewest CPU seconds for a step."""
    told = job.told()
    del told["workers"]
    took = theirs(told)
    shown = ", ".join(f"{workers}: {BATCH / seconds:,.0f}" for workers, seconds in took.items())
    print(f"  lightly's images per CPU second, by workers of its loader: {shown}", flush=True)
    return int(min(took, key=lambda workers: took[workers]))


def accuracy(vectors: NDArray[np.float32], labels: Labels) -> float:
    return 100 * float(hits_of(vectors, labels).mean())


def without_training(backbones: Sequence[str], seeds: int, side: int) -> Iterator[str]:
    """Yield a row of the table for each way to a vector that needs no training."""
    names, labels = names_and_labels()
    pixels = open_encoder("pixels", CACHE)
    plain = pixels.encode(read_squares(FOLDER, names, pixels.input_size))
    yield f"| pixels | {accuracy(plain, labels):.1f} |"
    yield f"| pixels, PCA to 32 | {accuracy(fit_basis([plain]).apply(plain), labels):.1f} |"
    images = read_squares(FOLDER, names, side)
    for backbone in backbones:
        found = []
        for seed in range(seeds):
            torch.manual_seed(seed)
            found.append(accuracy(encode(make_backbone(backbone), images), labels))
        yield f"| {backbone} at {side} px, untrained | {told(found)} |"
    yield f"| lite0, frozen | {accuracy(emoji_features()[0], labels):.1f} |"


def told(found: Sequence[float]) -> str:
    """Return mean and standard deviation."""
    spread = np.std(found, ddof=1) if len(found) > 1 else 0.0
    return f"{np.mean(found):.1f} ± {spread:.1f}"


def compare(
    backbone: str, size: int, seeds: int, seconds: float, least: float, *, tuned: bool = False
) -> None:
    """Print images per CPU second and accuracy of both sides."""
    names, labels = names_and_labels()
    order = np.argsort(names)
    print(f"{backbone} at {size} px, batches of {BATCH}, {seconds:.0f} CPU seconds each, {seeds} seeds")
    rates: dict[str, list[float]] = {"tamis": [], "lightly": []}
    scores: dict[str, list[float]] = {"tamis": [], "lightly": []}
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(2) as pool:
        held = f"{folder}/squares.npy"
        np.save(held, read_squares(FOLDER, [names[row] for row in order], size))
        jobs = [
            {
                side: Job(
                    backbone,
                    size,
                    seed,
                    seconds,
                    held,
                    f"{folder}/{side}-{seed}.npy",
                    tuned=tuned,
                )
                for side in rates
            }
            for seed in range(seeds)
        ]
        workers = best_workers(jobs[0]["lightly"])
        for job in jobs:
            mine = pool.submit(ours, job["tamis"])
            peer = pool.submit(theirs, job["lightly"].told() | {"workers": workers})
            for side, future in (("tamis", mine), ("lightly", peer)):
                result = future.result()
                rates[side].append(result["steps"] * BATCH / result["seconds"])
                scores[side].append(accuracy(np.load(job[side].vectors), labels[order]))
    for side, found in rates.items():
        print(f"  {side}: {told(found)} images per CPU second; 5-NN {told(scores[side])} %")
    times = np.mean(rates["tamis"]) / np.mean(rates["lightly"])
    floor = np.mean(scores["lightly"]) - np.std(scores["lightly"], ddof=1 if seeds > 1 else 0)
    print(f"  {times:.2f} times as fast (at least {least}: {'met' if times >= least else 'missed'})")
    good = np.mean(scores["tamis"]) >= floor
    print(f"  no worse than its mean - 1 sd, {floor:.1f} %: {'met' if good else 'missed'}", flush=True)


if __name__ == "__main__":
    asked = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    asked.pop("recipe")
    print(json.dumps(own(Job(**asked))))
