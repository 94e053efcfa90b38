"""`torchrun ... -m tamis train`: two processes learn what one learns, and only the first speaks."""

import json
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path

import pytest
import torch

from tamis.cli import training
from tamis.cli.training_source import folder_source
from tamis.encoders.lite0 import published_arrays
from tamis.learning.checkpoint import find_checkpoint
from tamis.learning.train import Silent
from tests.cli.conftest import environment, make_photos, run

CHANGES = ("input_size=32", "batch_size=8", "threads=1", "precision=float32")
"""DIET of a pretrained network without augmentation: nothing but the batch depends on the process."""
TORCHRUN = (sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2")


def test_two_processes_learn_what_one_learns(tmp_path: Path) -> None:
    photos = make_photos(tmp_path / "photos", 9)
    (photos / "broken.jpg").write_bytes(b"no image")
    options = [word for change in CHANGES for word in ("--set", change)]
    command = ["-m", "tamis", "train", photos, "--out", tmp_path / "shared", "--json", "--steps", "3"]
    ran = subprocess.run(
        [*TORCHRUN, *map(str, command), *options, "--augmentation", "none"],
        check=False, capture_output=True, text=True, env=environment(tmp_path / "data", OMP_NUM_THREADS="1"),
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout)  # once, so by one process
    assert [problem["file_name"] for problem in told["problems"]] == ["broken.jpg"]
    assert told["checkpoint"]["step"] == 3 and ran.stderr.count("step 3/3") == 1

    order = training.Order(
        folder_source(photos), tmp_path / "alone", {"steps": 3, "augmentation": "none"}, CHANGES, None
    )
    training.run(training.prepare(order), lambda: nullcontext(Silent()))
    shared, alone = (find_checkpoint(tmp_path / name).weights() for name in ("shared", "alone"))
    start = {name: torch.tensor(array) for name, array in published_arrays().items() if name in alone}
    apart = sum(float((shared[name] - alone[name]).square().sum()) for name in start)
    moved = sum(float((start[name] - alone[name]).square().sum()) for name in start)
    assert moved > 0 and apart < 1e-4 * moved  # squares: a hundredth of the way


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["train", "{photos}", "--preview", "views.png"], "--preview runs in one process"),
        (["magic", "{photos}", "--keep", "2"], "`tamis magic` runs in one process"),
        (["train", "{photos}"], "WORLD_SIZE is 2, but the processes do not find each other"),
    ],
)
def test_what_several_processes_cannot_do_is_told(
    photos: Path, tmp_path: Path, arguments: list[str], sentence: str
) -> None:
    named = [argument.format(photos=photos) for argument in arguments]
    ran = run(tmp_path / "data", *named, WORLD_SIZE="2")
    assert ran.code in (1, 2) and sentence in ran.err
    assert ran.out == ""


def test_all_but_the_first_process_say_who_they_are(tmp_path: Path) -> None:
    ran = run(tmp_path / "data", "magic", tmp_path, "--keep", "2", WORLD_SIZE="4", RANK="2")
    assert ran.err.startswith("Process 3 of 4: ")
