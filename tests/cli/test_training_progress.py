"""How far training is, as a terminal and as a log gets it."""

import io
import sys
from dataclasses import replace
from itertools import count

import pytest
from rich.console import Console

from tamis.cli.training_progress import Lines, LiveLine, make_report
from tamis.learning.health import Health
from tamis.learning.train import Step

SHARES = {"decode": 0.02, "wait": 0, "augment": 0.03, "forward": 0.4, "backward": 0.53, "other": 0.02}
STEP = Step(120, 300, 2, 10, 4.3123, 0.4, 192.4, 512.3, SHARES)
SPLIT = "decode 2 %, wait 0 %, augment 3 %, forward 40 %, backward 53 %, other 2 %"
HEALTH = Health(alignment=0.1, uniformity=-2, effective_rank=9, spread=0.5, agreement=0.75, knn=0.5)


def test_a_log_gets_a_line_in_ten_seconds_and_the_last_step(capsys: pytest.CaptureFixture[str]) -> None:
    seconds = count(0, 4)
    with Lines(lambda: next(seconds)) as lines:
        for number in range(6):  # at 0, 4, 8, ... seconds
            lines.step(replace(STEP, number=number + 1))
        lines.health(3, HEALTH)
        timed = replace(STEP, n_steps=None, n_epochs=None, fraction=1.0, eta_seconds=0, number=301)
        lines.step(timed)
    left = "40 %, 3:12 left, epoch 3/10"
    assert capsys.readouterr().err.splitlines() == [
        f"Training: {left}, step 1/300, loss 4.312, 512 images/s ({SPLIT})",
        f"Training: {left}, step 4/300, loss 4.312, 512 images/s ({SPLIT})",
        "Epoch 3: effective rank 9, spread 0.50, views found again 75 %, 5-NN 0.500",
        f"Training: 100 %, 0:00 left, epoch 3, step 301, loss 4.312, 512 images/s ({SPLIT})",
    ]


@pytest.mark.parametrize(
    ("width", "rows"),
    [
        (80, ["{now}", "{split}"]),
        (150, ["{now} · {split}"]),
        (160, ["━━━━━╸         {now} · {split}"]),
    ],
)
def test_a_terminal_gets_one_line_that_is_written_over(width: int, rows: list[str]) -> None:
    written = io.StringIO()
    seconds = count()
    console = Console(force_terminal=True, color_system=None, width=width, file=written)
    with LiveLine(console, lambda: next(seconds)) as line:
        line.health(0, HEALTH)
        line.step(replace(STEP, number=119, eta_seconds=3725))
        line.step(STEP)
    now = "40 % · 3:12 left · epoch 3/10 · step 120/300 · loss 4.312 · 512 images/s"
    last = "\n".join(rows).format(now=now, split=SPLIT.replace(",", ""))
    text = written.getvalue().replace("\x1b[?25h", "").replace("\x1b[?25l", "")
    first, *writings = text.split("\x1b[2K")
    assert first.startswith("Epoch 0: effective rank 9")
    assert "1:02:05 left" in writings[0] and "step 119/300" in writings[0]
    assert "\n".join(row.rstrip() for row in writings[-1].strip().split("\n")) == last


def test_what_is_no_terminal_gets_plain_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    assert isinstance(make_report(), Lines)
