"""Decoding of untrusted files, in a child process with limits: a bad file costs no other its result."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from tamis.engine.base import Died, Engine, EngineBrokenError, map_splitting
from tamis.engine.local import LocalEngine
from tamis.images.batch import ReadTask, crashed, read_task, results_of, split
from tamis.images.read import ReadResult
from tamis.images.square_batch import (
    SquareResult,
    SquareTask,
    crashed_squares,
    split_squares,
    square_task,
    square_tasks,
    squares_of,
)
from tamis.model.errors import Unavailable
from tamis.model.machine import cores

DECODER_BYTES = 3 << 30
DECODER_SECONDS = 120.0
_SHARD = 16
"""Files a child reads before it answers: few enough for steady progress, many enough to cost nothing."""


def new_engine() -> LocalEngine:
    """Make the engine in which files are decoded; its child starts when there is work for it."""
    return LocalEngine(memory_bytes=DECODER_BYTES, timeout_seconds=DECODER_SECONDS)


def read(engine: Engine, root: Path, relatives: Sequence[bytes]) -> Iterator[ReadResult]:
    """Yield what comes of each file below a root, in the order given.

    Raises:
        Unavailable: the child process could not be started, so nothing is known about the files.
    """
    threads = cores()
    shards = [
        ReadTask(os.fsencode(root), tuple(relatives[start : start + _SHARD]), threads)
        for start in range(0, len(relatives), _SHARD)
    ]
    try:
        for shard, outcome in map_splitting(engine, read_task, shards, split):
            yield from crashed(shard) if isinstance(outcome, Died) else _results(shard, outcome)
    except EngineBrokenError as error:
        raise _not_started(error) from error


def squares(engine: Engine, root: Path, relatives: Sequence[bytes], size: int) -> Iterator[SquareResult]:
    """Yield the square of each file below a root, in the order given, without a thumbnail in between.

    Raises:
        Unavailable: the child process could not be started, so nothing is known about the files.
    """
    tasks = square_tasks(root, relatives, size, cores(), _SHARD)
    try:
        for task, outcome in map_splitting(engine, square_task, tasks, split_squares):
            yield from crashed_squares(task) if isinstance(outcome, Died) else _squares(task, outcome)
    except EngineBrokenError as error:
        raise _not_started(error) from error


def _squares(task: SquareTask, answer: object) -> list[SquareResult]:
    try:
        return squares_of(task, answer)
    except ValueError:
        return crashed_squares(task)


def _not_started(error: EngineBrokenError) -> Unavailable:
    return Unavailable(
        f"The process that reads images does not start, so none was read. {error} "
        "Free some memory, then try again."
    )


def _results(shard: ReadTask, answer: object) -> list[ReadResult]:
    try:
        return results_of(shard, answer)
    except ValueError:
        return crashed(shard)
