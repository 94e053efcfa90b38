"""Where the time goes, by a clock that the test holds."""

import time

import pytest
import torch

from tamis.learning.schedule import Budget
from tamis.learning.times import Laps, Times


class Hands:
    """A clock whose hands the test moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    def pass_by(self, seconds: float) -> None:
        self.now += seconds


def step(clock: Hands, times: Times) -> None:
    """One second of waiting, then a step of 16 images and five seconds."""
    with times.part("wait"):
        clock.pass_by(1)
    laps = Laps(torch.device("cpu"), clock)
    laps.begin()
    for part, seconds in (("augment", 0.5), ("forward", 1.5), ("backward", 3)):
        clock.pass_by(seconds)
        laps.end(part)
    times.add(laps.seconds(), 16)


def test_the_parts_of_the_time_and_what_is_none_of_them_make_the_whole() -> None:
    clock = Hands()
    times = Times(decode=4, clock=clock)
    clock.pass_by(2)  # the look at the images before the first step
    step(clock, times)
    step(clock, times)
    shares = {name: round(18 * share, 9) for name, share in times.shares().items()}
    assert shares == {"decode": 4, "wait": 2, "augment": 1, "forward": 3, "backward": 6, "other": 2}


def test_a_line_of_the_history_holds_what_came_since_the_last() -> None:
    clock = Hands()
    times = Times(decode=4, clock=clock)
    step(clock, times)
    names = ("decode", "wait", "augment", "forward", "backward", "other")
    first, second = (4, 1, 0.5, 1.5, 3, 0), (0, 1, 0.5, 1.5, 3, 7)
    keys = [f"{name}_seconds" for name in names]
    assert times.line() == dict(zip(keys, first, strict=True)) | {"images": 16}
    clock.pass_by(7)
    step(clock, times)
    assert times.line() == dict(zip(keys, second, strict=True)) | {"images": 16}


def test_the_pace_is_that_of_the_last_seconds() -> None:
    clock = Hands()
    times = Times(clock=clock)
    clock.pass_by(50)
    times.pace_from_here()
    paces = []
    for seconds in (2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1):
        clock.pass_by(seconds)
        times.add({}, 8)
        paces.append(times.pace())
    assert paces[0] == paces[4] == (4, 2)  # images a second, seconds a step
    assert paces[14] == (8 * 15 / 20, 20 / 15)  # from the beginning on
    assert paces[15] == (8, 1)  # from the tenth second on


@pytest.mark.parametrize(
    ("steps", "seconds", "left"), [(300, None, 90.0), (20, None, 0.0), (None, 1e9, 1e9), (None, 0.0, 0.0)]
)
def test_what_is_left_of_a_budget(steps: int | None, seconds: float | None, left: float) -> None:
    assert Budget(steps, seconds).left(120, 0.5) == pytest.approx(left, abs=60)


def test_a_clock_of_the_processor_goes_forward() -> None:
    laps = Laps(torch.device("cpu"))
    laps.begin()
    until = time.perf_counter() + 1e-3
    while time.perf_counter() < until:
        pass
    laps.end("forward")
    assert laps.seconds()["forward"] >= 1e-3
