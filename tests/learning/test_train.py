"""A run is a function of its settings: killed, stopped or straight, it ends with the same weights."""

import contextlib
import itertools
import json
import math
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from tamis.learning.backbones import Backbone, make_backbone
from tamis.learning.checkpoint import find_checkpoint
from tamis.learning.encode import open_trained
from tamis.learning.feed import pool_of
from tamis.learning.health import Health
from tamis.learning.history import read_history
from tamis.learning.methods import Method, make_method
from tamis.learning.times import PARTS
from tamis.learning.train import Silent, Step, train
from tamis.model.errors import Invalid
from tests.learning.running import pictures, settings, weights

ROOT = Path(__file__).resolve().parents[2]


@contextlib.contextmanager
def running(*arguments: str, **more: str) -> "Iterator[subprocess.Popen[str]]":
    command = [sys.executable, "-m", "tests.learning.running", *arguments]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=os.environ | more
    ) as process:
        yield process


def read_until(process: "subprocess.Popen[str]", step: int) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        if line.strip() == str(step):
            return
    raise AssertionError("The process ended before that step.")


def learned(run: Path) -> list[dict[str, Any]]:
    """The history without the lines that say how long it took."""
    return [line for line in read_history(run) if "wait_seconds" not in line]


def test_the_same_seed_gives_the_same_weights_and_another_others(tmp_path: Path) -> None:
    first, again, other = (
        train(pictures(), settings(seed=seed), tmp_path / name)
        for name, seed in (("a", 1), ("b", 1), ("c", 2))
    )
    assert first.state == "finished" and first.checkpoint.facts.step == 6
    assert weights(first) == weights(again) != weights(other)
    assert learned(tmp_path / "a") == learned(tmp_path / "b")


def test_a_run_killed_in_the_middle_of_an_epoch_ends_as_a_straight_one(tmp_path: Path) -> None:
    straight = train(pictures(), settings(steps=9), tmp_path / "straight")
    with running(str(tmp_path / "killed"), "simclr", "9") as process:
        read_until(process, 5)
        process.kill()
    left = find_checkpoint(tmp_path / "killed").facts.step
    assert 4 <= left < 9
    resumed = train(pictures(), settings(steps=9), tmp_path / "killed")
    assert weights(resumed) == weights(straight)
    assert learned(tmp_path / "killed") == learned(tmp_path / "straight")


def test_a_signal_to_one_of_two_processes_saves_and_ends_both(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    shared = {"WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port}
    arguments = str(tmp_path), "simclr", "100000"
    with running(*arguments, RANK="0", **shared) as first, running(*arguments, RANK="1", **shared) as second:
        read_until(first, 3)
        second.terminate()
        (told, _), (also, _) = first.communicate(), second.communicate()
    step = find_checkpoint(tmp_path).facts.step
    assert told.splitlines()[-1] == also.splitlines()[-1] == f"stopped {step}" and step >= 3
    assert (first.returncode, second.returncode) == (0, 0)


def test_stop_is_asked_after_every_step(tmp_path: Path) -> None:
    told: list[Step] = []

    class Report(Silent):
        def step(self, step: Step) -> None:
            told.append(step)

    outcome = train(pictures(), settings(), tmp_path, report=Report(), stop=lambda: len(told) == 2)
    assert outcome.state == "stopped" and outcome.checkpoint.facts.step == 2
    assert 0 < told[-1].fraction < 1 and told[-1].n_steps == 6 and told[-1].n_epochs is None
    assert list(told[-1].shares) == [*PARTS, "other"] and sum(told[-1].shares.values()) == pytest.approx(1)


@pytest.mark.parametrize(("asked", "precision"), [("auto", "bfloat16"), ("float32", "float32")])
def test_a_run_keeps_its_precision_on_a_machine_that_would_choose_another(
    asked: str, precision: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[Step] = []

    class Report(Silent):
        def step(self, step: Step) -> None:
            steps.append(step)

    wanted = settings("byol", precision=asked)
    monkeypatch.setattr(Backbone, "prefers_bfloat16", lambda *_: True)
    straight = train(pictures(), wanted, tmp_path / "straight")
    train(pictures(), wanted, tmp_path / "broken", report=Report(), stop=lambda: len(steps) == 3)
    monkeypatch.setattr(Backbone, "prefers_bfloat16", lambda *_: asked == "float32")
    resumed = train(pictures(), wanted, tmp_path / "broken")
    assert weights(resumed) == weights(straight)
    assert resumed.checkpoint.facts.precision == straight.checkpoint.facts.precision == precision


def test_a_run_from_before_there_was_a_choice_of_precision_goes_on(tmp_path: Path) -> None:
    wanted = settings(precision="float32")
    straight = train(pictures(), wanted, tmp_path / "straight")
    taken: list[Step] = []

    class Report(Silent):
        def step(self, step: Step) -> None:
            taken.append(step)

    train(pictures(), wanted, tmp_path / "old", report=Report(), stop=lambda: len(taken) == 3)
    (file,) = tmp_path.glob("old/step-*/checkpoint.json")
    facts = json.loads(file.read_text())
    del facts["precision"], facts["settings"]["precision"]
    file.write_text(json.dumps(facts))
    resumed = train(pictures(), settings(), tmp_path / "old")
    assert (resumed.checkpoint.facts.precision, resumed.checkpoint.facts.step) == ("float32", 6)
    assert weights(resumed) == weights(straight)


def test_the_history_says_where_the_time_went(tmp_path: Path) -> None:
    pool = replace(pictures(), decode_seconds=30.0)
    train(pool, settings(), tmp_path, save_seconds=0)
    lines = [line for line in read_history(tmp_path) if "wait_seconds" in line]
    assert [line["step"] for line in lines] == [1, 2, 3, 4, 5, 6, 6]
    assert [line["images"] for line in lines] == [16] * 6 + [0]
    assert sum(line["decode_seconds"] for line in lines) == 30
    assert all(
        line[f"{part}_seconds"] > 0 for line in lines[:6] for part in ("augment", "forward", "backward")
    )


def test_an_epoch_budget_counts_whole_passes(tmp_path: Path) -> None:
    outcome = train(pictures(), settings(steps=None, epochs=2), tmp_path)
    assert outcome.checkpoint.facts.step == 2 * 3 and outcome.checkpoint.facts.epochs == 2


def test_a_minutes_budget_ends(tmp_path: Path) -> None:
    outcome = train(pictures(), settings(steps=None, minutes=0.005), tmp_path)
    assert outcome.state == "finished" and outcome.checkpoint.facts.step > 0


class Shrinking(Method):
    """Pulls all images together and nothing apart: what methods must not do."""

    name = "shrinking"
    title = "For this test only"
    n_views = 1

    def loss(self, views: list[torch.Tensor], positions: torch.Tensor) -> torch.Tensor:
        return self.backbone(views[0]).square().mean() + self.backbone(views[0]).var(dim=0).sum()


def test_a_collapse_stops_the_run_and_is_explained(tmp_path: Path) -> None:
    outcome = train(pictures(), settings("shrinking", 400, learning_rate=0.05, batch_size=48), tmp_path)
    assert outcome.state == "collapsed" and outcome.collapse is not None
    assert outcome.checkpoint.facts.step < 400
    assert "fell from" in outcome.collapse.reason and "Try" in outcome.collapse.advice


@pytest.mark.parametrize("pixels", [True, False], ids=["pixels", "loss"])
@pytest.mark.parametrize("name", ["simsiam", "moco", "dino"])
def test_a_loss_that_is_no_number_stops_the_run_and_leaves_all_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, pixels: bool
) -> None:
    """The forward pass of the fourth step meets infinite pixels, or only its loss is none, by a constant."""
    taken: list[Step] = []

    class Report(Silent):
        def step(self, step: Step) -> None:
            taken.append(step)

    straight = train(
        pictures(), settings(name, 400), tmp_path / "straight", report=Report(), stop=lambda: len(taken) == 3
    )
    method = type(make_method(settings(name), make_backbone("small"), 4))
    loss, calls = method.loss, itertools.count()

    def broken(self: Method, views: list[torch.Tensor], positions: torch.Tensor) -> torch.Tensor:
        if next(calls) < 3:
            return loss(self, views, positions)
        infinite = [view * torch.inf for view in views]
        return loss(self, infinite, positions) if pixels else loss(self, views, positions) + torch.inf

    monkeypatch.setattr(method, "loss", broken)
    outcome = train(pictures(), settings(name, 400), tmp_path / "broken")
    assert outcome.state == "collapsed" and outcome.collapse is not None
    assert outcome.collapse.reason == "The loss is no longer a number."
    assert outcome.checkpoint.facts.step == straight.checkpoint.facts.step == 3
    assert weights(outcome) == weights(straight)
    states = [one.checkpoint.resume_state()["method"] for one in (straight, outcome)]
    assert all(torch.equal(states[0][key], states[1][key]) for key in states[0])
    assert all(math.isfinite(value) for line in read_history(tmp_path / "broken") for value in line.values())


def test_labels_of_some_images_measure_those(tmp_path: Path) -> None:
    labels = torch.arange(48).numpy() % 3
    labels[::4] = -1
    outcome = train(pictures(), settings(), tmp_path / "some", labels=labels)
    assert all(health.knn is not None for health in outcome.health)
    labels[1:] = -1
    outcome = train(pictures(), settings(), tmp_path / "one", labels=labels)
    assert all(health.knn is None for health in outcome.health)


def test_health_is_measured_before_and_after(tmp_path: Path) -> None:
    seen: list[tuple[int, Health]] = []

    class Report(Silent):
        def health(self, epoch: int, health: Health) -> None:
            seen.append((epoch, health))

    labels = torch.arange(48).numpy() % 3
    outcome = train(pictures(), settings(), tmp_path, labels=labels, report=Report())
    assert [epoch for epoch, _ in seen] == [0, 2] and [health for _, health in seen] == outcome.health
    assert all(health.knn is not None for health in outcome.health)
    assert (tmp_path / "progress.png").read_bytes().startswith(b"\x89PNG")


def test_other_images_or_other_settings_do_not_go_on(tmp_path: Path) -> None:
    train(pictures(), settings(), tmp_path)
    with pytest.raises(Invalid, match="The images have changed"):
        train(pictures(40), settings(), tmp_path)
    with pytest.raises(Invalid, match="other settings"):
        train(pictures(), settings(seed=1), tmp_path)


def test_one_image_is_too_few(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="at least two images, not 1"):
        train(pool_of(pictures().images[:1]), settings(), tmp_path)


def test_a_bottleneck_is_learned_saved_and_opened(tmp_path: Path) -> None:
    train(pictures(), settings(bottleneck=8), tmp_path)
    trained = open_trained(tmp_path)
    assert trained.facts.dimension == 8
    assert trained.encode(pictures(2, 16).images).shape == (2, 8)
