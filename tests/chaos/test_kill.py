"""Killed at any moment and started again, the main job goes on and ends as if nothing had happened."""

import os
import random
import signal
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import psutil
import pytest

from tests.chaos.runs import COMMAND, Finished, Left, Running, check_whole, draw_pictures

PICTURES = 600  # more than one batch of files, and more than one shard of vectors
KILLS = 30
Seen = Callable[[Running], bool]


def exists(run: Running) -> bool:
    return run.data.exists()


def job_begins(kind: str) -> Seen:
    """A job of this kind is asked for, or still open since the last kill."""
    return lambda run: kind in Left(run.data).open_jobs


def thumbnails_grow(run: Running) -> bool:
    return Left(run.data).places != run.before.places


def vectors_change(run: Running) -> bool:
    return Left(run.data).vectors != run.before.vectors


def all_is_selected(run: Running) -> bool:
    now = Left(run.data)
    return now.selected > run.before.selected and not now.open_jobs


# What to wait for, and up to how many seconds later the kill comes; in the order in which things happen.
AIMS: tuple[tuple[Seen, float], ...] = (
    (exists, 2.0),
    (job_begins("ingest"), 1.0),
    (thumbnails_grow, 0.05),
    (thumbnails_grow, 0.2),
    (job_begins("embed"), 0.5),
    (vectors_change, 0.0),
    (vectors_change, 0.03),
    (job_begins("select"), 0.3),
    (all_is_selected, 0.0),
    (exists, 1.8),
)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return draw_pictures(tmp_path_factory.mktemp("chaos") / "pictures", PICTURES)


@pytest.fixture(scope="module")
def undisturbed(pictures: Path) -> Finished:
    return Running(pictures, pictures.with_name("undisturbed")).finish()


def check(run: Running, undisturbed: Finished) -> None:
    """Let a run end, and compare it with the one that nobody disturbed."""
    finished = run.finish()
    assert finished.digest == undisturbed.digest
    assert finished.chosen == undisturbed.chosen
    check_whole(run.data, PICTURES)
    subprocess.run([*COMMAND, "doctor", "--data", run.data], check=True, capture_output=True)


@pytest.mark.slow
def test_thirty_kills_change_nothing(pictures: Path, undisturbed: Finished, tmp_path: Path) -> None:
    seed = int(os.environ.get("CHAOS_SEED", random.SystemRandom().randrange(2**32)))
    print(f"CHAOS_SEED={seed}")  # shown when the test fails, and then the same kills can be had again
    chance = random.Random(seed)
    stages: Counter[str] = Counter()
    for data in fresh_folders(tmp_path):
        for seen, longest in AIMS[: KILLS - stages.total()]:
            run = Running(pictures, data)
            look_seconds = 0.002 if longest < 0.1 else 0.02  # a kill that is aimed needs a sharp eye
            if not run.until(seen, look_seconds) or run.ended_within(chance.uniform(0, longest)):
                check(run, undisturbed)  # it was quicker than the kill
            else:
                stages[run.kill()] += 1
        check(Running(pictures, data), undisturbed)
        if stages.total() == KILLS:
            break
    print(dict(stages))
    assert stages["thumbnail writes"] and stages["Lance commit"]


def fresh_folders(below: Path) -> Iterator[Path]:
    return (below / f"data-{number}" for number in count())


@pytest.mark.slow
def test_what_a_killed_command_started_ends_and_the_next_command_goes_on(
    pictures: Path, undisturbed: Finished, tmp_path: Path
) -> None:
    run = Running(pictures, tmp_path / "data")
    assert run.until(thumbnails_grow), run.finish().err
    started = psutil.Process(run.process.pid).children(recursive=True)
    assert len(started) >= 2  # the worker, and the process that reads
    run.process.kill()
    run.process.communicate()
    check(Running(pictures, run.data), undisturbed)  # at once, while the worker may still be alive
    assert psutil.wait_procs(started, timeout=10)[1] == []


@pytest.mark.slow
def test_interrupted_by_the_user_it_says_so_and_goes_on_later(
    pictures: Path, undisturbed: Finished, tmp_path: Path
) -> None:
    run = Running(pictures, tmp_path / "data")
    assert run.until(job_begins("ingest")), run.finish().err
    os.killpg(run.process.pid, signal.SIGINT)
    interrupted = run.finish()
    assert (interrupted.code, interrupted.out) == (130, "")
    assert "again" in interrupted.err
    check(Running(pictures, run.data), undisturbed)
