"""The history survives a crash: what was torn or comes again is cut off."""

import io
from pathlib import Path

import numpy as np
from PIL import Image

from tamis.learning.health import Health
from tamis.learning.history import History, read_history

HEALTH = Health(alignment=0.1, uniformity=-2, effective_rank=9, spread=0.5, agreement=0.75, knn=0.5)


def test_lines_are_read_back(tmp_path: Path) -> None:
    history = History(tmp_path, 0)
    history.add(0, **HEALTH.model_dump())
    history.add(1, loss=2.5)
    history.flush()
    history.add(2, loss=2.0)
    history.flush()
    assert [line["step"] for line in read_history(tmp_path)] == [0, 1, 2]
    assert history.health() == History(tmp_path, 2).health() == [HEALTH]


def test_a_resumed_run_forgets_what_comes_again(tmp_path: Path) -> None:
    history = History(tmp_path, 0)
    for step in range(5):
        history.add(step, loss=1.0)
    history.flush()
    with (tmp_path / "history.jsonl").open("a") as file:
        file.write('{"step": 5, "lo')
    History(tmp_path, 3)
    assert [line["step"] for line in read_history(tmp_path)] == [0, 1, 2, 3]


def test_it_draws_what_there_is(tmp_path: Path) -> None:
    history = History(tmp_path, 0)
    history.add(0, **HEALTH.model_dump())
    history.draw()
    assert np.asarray(Image.open(io.BytesIO((tmp_path / "progress.png").read_bytes()))).shape[0] > 400
