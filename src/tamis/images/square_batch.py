"""Squares for the encoders, straight from files: the work of one shard, inside the engine's limited child.

No thumbnail comes between, so the file is decoded once.
"""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from tamis.images.decode import PIXEL_LIMIT, Pixels
from tamis.images.read import read_original
from tamis.images.square import square
from tamis.model.image import BadImage, BadImageReason

Answer = list[tuple[bytes | None, str | None]]
"""For each file the bytes of its square, and the reason why it was refused: plain values."""


@dataclass(frozen=True, slots=True)
class SquareTask:
    """One shard: files of one root, by their paths relative to it, and the side of their squares."""

    root: bytes
    relatives: tuple[bytes, ...]
    size: int
    threads: int = 1
    pixel_limit: int = PIXEL_LIMIT


@dataclass(frozen=True, slots=True)
class SquareResult:
    """Either the pixels (size, size, 3) of one file, or the reason why it was refused."""

    relative: bytes
    pixels: Pixels | None = None
    reason: BadImageReason | None = None


def square_task(task: SquareTask) -> Answer:
    """Decode a shard; the function that is handed to the engine."""
    if task.threads <= 1 or len(task.relatives) <= 1:
        found = [_square_or_none(task, relative) for relative in task.relatives]
    else:
        with ThreadPoolExecutor(min(task.threads, len(task.relatives))) as pool:
            found = list(pool.map(lambda relative: _square_or_none(task, relative), task.relatives))
    # A file for which the memory did not suffice may only have been the neighbour of a large one.
    return [
        one or _square_or_none(task, relative) or (None, BadImageReason.CRASHED.value)
        for relative, one in zip(task.relatives, found, strict=True)
    ]


def _square_or_none(task: SquareTask, relative: bytes) -> tuple[bytes | None, str | None] | None:
    try:
        data = read_original(task.root, relative)
        return square(data, task.size, pixel_limit=task.pixel_limit).tobytes(), None
    except BadImage as error:
        return None, error.reason.value
    except MemoryError:
        return None


def squares_of(task: SquareTask, answer: object) -> list[SquareResult]:
    """Check what `square_task` has answered from another process, and return the results.

    Raises:
        ValueError: this is no answer to the task.
    """
    if not isinstance(answer, list) or len(answer) != len(task.relatives):
        raise ValueError("There is not one result for each file.")
    return [_result(task, relative, one) for relative, one in zip(task.relatives, answer, strict=True)]


def _result(task: SquareTask, relative: bytes, answer: object) -> SquareResult:
    match answer:
        case [bytes(data), None]:
            shape = task.size, task.size, 3
            return SquareResult(relative, np.frombuffer(data, np.uint8).reshape(shape))
        case [None, str(reason)]:
            return SquareResult(relative, reason=BadImageReason(reason))
    raise ValueError("This is no result.")


def split_squares(task: SquareTask) -> list[SquareTask]:
    """Make one shard of each file, to find the one on which the child died."""
    return [replace(task, relatives=(relative,)) for relative in task.relatives]


def crashed_squares(task: SquareTask) -> list[SquareResult]:
    """Say of each file of a shard that it killed the child; meant for the shards of one file."""
    return [SquareResult(relative, reason=BadImageReason.CRASHED) for relative in task.relatives]


def square_tasks(
    root: os.PathLike[str], relatives: Sequence[bytes], size: int, threads: int, at_once: int
) -> list[SquareTask]:
    """Cut files into shards."""
    return [
        SquareTask(os.fsencode(root), tuple(relatives[start : start + at_once]), size, threads)
        for start in range(0, len(relatives), at_once)
    ]
