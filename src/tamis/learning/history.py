"""The history of a run: a JSON line for every step and every measure of health, and a picture of them."""

import json
from pathlib import Path
from typing import Any

from tamis.images.chart import Series, chart
from tamis.learning.files import no_space_told, write_whole
from tamis.learning.health import Health

LINES, PICTURE = "history.jsonl", "progress.png"
_SMOOTH = 25


class History:
    """Appends to the run's file. What was written after `step` is cut off: those steps come again."""

    def __init__(self, run: Path, step: int) -> None:
        self._run, self._path = run, run / LINES
        self._lines = [line for line in read_history(run) if line["step"] <= step]
        self._new: list[dict[str, Any]] = []
        write_whole(self._path, "".join(json.dumps(line) + "\n" for line in self._lines).encode())

    def add(self, step: int, **values: float) -> None:
        """Append a line; it is on the disk at the next `flush`."""
        self._lines.append({"step": step, **values})
        self._new.append(self._lines[-1])

    def flush(self) -> None:
        """Write the new lines."""
        with no_space_told(self._run), self._path.open("a", encoding="utf-8") as file:
            file.writelines(json.dumps(line) + "\n" for line in self._new)
        self._new = []

    def health(self) -> list[Health]:
        """Return all measures of health, the first of which was taken before training."""
        return [
            Health.model_validate({name: line[name] for name in Health.model_fields if name in line})
            for line in self._lines
            if "spread" in line
        ]

    def draw(self) -> None:
        """Draw loss and health into the run's folder."""
        write_whole(self._run / PICTURE, draw(self._lines))


def read_history(run: Path) -> list[dict[str, Any]]:
    """Return the lines of a run; one that a crash has torn is passed over."""
    try:
        text = (run / LINES).read_text(encoding="utf-8")
    except FileNotFoundError:
        return []
    whole = text.split("\n")[:-1]  # the last piece is empty, or torn
    return [json.loads(line) for line in whole]


def draw(lines: list[dict[str, Any]]) -> bytes:
    """Draw loss, spread, effective rank, agreement and, where there are labels, k-NN accuracy as a PNG."""
    titles = {
        "loss": "loss",
        "knn": "5-NN accuracy",
        "effective_rank": "effective rank",
        "agreement": "agreement of views",
        "spread": "spread",
        "alignment": "alignment",
        "uniformity": "uniformity",
    }
    panels = []
    for name, title in titles.items():
        points = [(line["step"], line[name]) for line in lines if line.get(name) is not None]
        if points:
            steps, values = zip(*points, strict=True)
            panels.append(Series(title, steps, _smooth(values) if name == "loss" else values))
    return chart(panels, x_title="step")


def _smooth(values: tuple[float, ...]) -> tuple[float, ...]:
    """Return the mean of each value and those shortly before it."""
    window = max(1, min(_SMOOTH, len(values) // 10))
    return tuple(
        sum(values[max(0, end - window) : end]) / (end - max(0, end - window))
        for end in range(1, len(values) + 1)
    )
