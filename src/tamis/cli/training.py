"""From images to a trained network: what `tamis train` does before its summary."""

import contextlib
import json
import shutil
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tamis.cli.counting import Counting
from tamis.cli.output import Usage, say
from tamis.cli.training_labels import file_labels, folder_labels, read_labels
from tamis.cli.training_source import Source
from tamis.cli.training_weights import first_weights
from tamis.images.square import square
from tamis.model.digest import Json
from tamis.model.errors import Invalid
from tamis.services import decoding

if TYPE_CHECKING:
    from tamis.learning.feed import Pool
    from tamis.learning.settings import TrainingSettings
    from tamis.learning.train import Outcome, Report

SETTINGS, POOL, PROBLEMS = "run.json", "pool", "problems.json"
_WIDER = 1.5
"""The squares of the pool are so much wider than what the network sees: a crop has some detail left."""


@dataclass(frozen=True)
class Order:
    """What was asked for: `given` are the options that were named, `changes` those of --set."""

    source: Source
    run: Path
    given: dict[str, Json]
    changes: tuple[str, ...]
    labels: Path | None


@dataclass(frozen=True)
class Ready:
    """A run that can begin: its images and who was refused, settings, labels and first weights.

    `sources` names the files that the pool was made of.
    """

    order: Order
    sources: str
    settings: "TrainingSettings"
    weights: Mapping[str, NDArray[Any]] | None
    pool: "Pool"
    labels: NDArray[np.int64] | None
    problems: Mapping[str, str]


def prepare(order: Order) -> Ready:
    """Check what was asked for, and read the images into the run's pool.

    What cannot begin leaves nothing in the way of the next attempt.
    """
    sources = order.source.digest()
    label_of = None
    if order.labels is not None:
        label_of = read_labels(order.labels, [file.name for file in order.source.files])
    begins = not (order.run / SETTINGS).exists()
    settings = settings_of(order)
    try:
        weights = first_weights(settings, order.run)
        pool, problems = make_pool(order.source, sources, order.run, side_of(settings))
        if len(pool) < 2:
            raise Invalid(f"Training needs at least two images, not {len(pool)}.")
    except BaseException:
        if begins:
            _forget(order.run)
        raise
    labels = folder_labels(pool.names) if label_of is None else file_labels(label_of, pool.names)
    return Ready(order, sources, settings, weights, pool, labels, problems)


def _forget(run: Path) -> None:
    shutil.rmtree(run / POOL, ignore_errors=True)
    (run / SETTINGS).unlink()
    with contextlib.suppress(OSError):  # something else is in it
        run.rmdir()


def run(ready: Ready, report: Callable[[], "AbstractContextManager[Report]"]) -> "Outcome":
    """Train; Ctrl-C and SIGTERM save and return."""
    from tamis.learning.train import train

    with report() as told_to, signals_heard() as stop:
        return train(
            ready.pool, ready.settings, ready.order.run, weights=ready.weights,
            labels=ready.labels, report=told_to, stop=stop,
        )  # fmt: skip


@contextlib.contextmanager
def signals_heard() -> Iterator[Callable[[], bool]]:
    """Yield a function that tells whether Ctrl-C or SIGTERM has come, which do nothing else meanwhile."""
    told: list[int] = []

    def hear(number: int, _: FrameType | None) -> None:
        told.append(number)

    before = {number: signal.signal(number, hear) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: bool(told)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def draw_preview(order: Order, path: Path) -> None:
    """Draw eight of the images, chosen by the seed, and views of each; nothing of a run is left behind.

    Raises:
        Usage: the path cannot be written.
    """
    from tamis.cli.training_settings import build
    from tamis.learning.feed import sample_rows
    from tamis.learning.files import write_whole
    from tamis.learning.preview import IMAGES, preview

    if path.is_dir() or not path.absolute().parent.is_dir():
        raise Usage(f"'{path}' cannot be written: name a file in a folder that exists.", field="preview")
    settings = build(order.given, order.changes)
    side = side_of(settings)
    rows = sample_rows(len(order.source.files), 4 * IMAGES, settings.seed)  # some may be damaged
    squares = [square for _, square in _squares(order.source.some(rows.tolist()), side, {})]
    if not squares:
        raise Invalid(f"None of {len(rows)} images in '{order.source.target}' can be read.")
    write_whole(path, preview(np.stack(squares), settings.augmentation, settings.input_size, settings.seed))
    say(str(path))


def settings_of(order: Order) -> "TrainingSettings":
    """Return the settings of a new run and keep them in its folder, or those of the run that goes on.

    Raises:
        Invalid: an option has a value that it cannot have, or differs from that of the run.
    """
    from pydantic import ValidationError

    from tamis.cli.training_settings import build
    from tamis.learning.files import write_whole
    from tamis.learning.settings import TrainingSettings

    path = order.run / SETTINGS
    if not path.exists():
        settings = build(order.given, order.changes)
        order.run.mkdir(parents=True, exist_ok=True)
        write_whole(path, settings.model_dump_json(indent=2).encode())
        return settings
    try:
        kept = TrainingSettings.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise Invalid(f"'{path}' does not hold the settings of a run.") from error
    if (order.given or order.changes) and build(order.given, order.changes) != kept:
        raise Invalid(
            f"The run in '{order.run}' was started with other settings. Go on without options, or train anew "
            "with another --out.",
            field="resume",
        )
    return kept


def side_of(settings: "TrainingSettings") -> int:
    """Return the side of the pool's squares in pixels."""
    return round(settings.input_size * _WIDER)


def make_pool(source: Source, sources: str, run: Path, side: int) -> tuple["Pool", Mapping[str, str]]:
    """Read all files into the run's pool, or open the pool that was made of the same files before.

    Returns the pool and the files that were refused, with the reason.

    Raises:
        Invalid: not one file could be read.
        NoSpace: the disk is full.
    """
    from tamis.learning.feed import open_pool, write_pool

    folder = run / POOL
    pool = open_pool(folder, side, sources)
    if pool is not None:
        return pool, _read_problems(folder)
    problems: dict[str, str] = {}
    try:
        pool = write_pool(folder, _squares(source, side, problems), side, sources)
    except Invalid as error:
        first, reason = next(iter(problems.items()))
        raise Invalid(
            f"None of the {len(source.files)} images in '{source.target}' can be read. The first is "
            f"'{first}': {reason}"
        ) from error
    (folder / PROBLEMS).write_text(json.dumps(problems), encoding="utf-8")
    return pool, problems


def _squares(source: Source, side: int, problems: dict[str, str]) -> Iterator[tuple[str, NDArray[np.uint8]]]:
    total = len(source.files)
    with decoding.new_engine() as engine, Counting("Reading images", total) as counting:
        results = decoding.read(engine, source.folder, source.relatives())
        for done, (file, result) in enumerate(zip(source.files, results, strict=True), 1):
            if result.thumbnail is None:
                problems[file.name] = source.why(file, result.reason)
            else:
                yield file.name, square(result.thumbnail, side)
            counting.at(done)


def _read_problems(folder: Path) -> dict[str, str]:
    try:
        found = json.loads((folder / PROBLEMS).read_bytes())
    except (OSError, ValueError):
        return {}
    return {str(name): str(reason) for name, reason in found.items()}
