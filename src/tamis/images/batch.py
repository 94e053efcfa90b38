"""Read a batch of files in threads: the work of one shard, done inside the engine's memory-limited child."""

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial

from tamis.images.decode import PIXEL_LIMIT
from tamis.images.read import ReadResult, read_image
from tamis.model.image import BadImageReason, ImageFacts

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ReadTask:
    """One shard: files of one root, by their paths relative to it."""

    root: bytes
    relatives: tuple[bytes, ...]
    threads: int = 1
    pixel_limit: int = PIXEL_LIMIT


Answer = list[tuple[str | None, bytes | None, str | None]]
"""For each file its facts in JSON, its thumbnail and the reason why it was refused: plain values."""


def read_task(task: ReadTask) -> Answer:
    """Read a shard; the function that is handed to the engine."""
    return [
        (one.facts.model_dump_json() if one.facts else None, one.thumbnail, one.reason)
        for one in read_batch(task.root, task.relatives, task.threads, pixel_limit=task.pixel_limit)
    ]


def results_of(task: ReadTask, answer: object) -> list[ReadResult]:
    """Check what `read_task` has answered from another process, and return the results.

    Raises:
        ValueError: this is no answer to the task.
    """
    if not isinstance(answer, list) or len(answer) != len(task.relatives):
        raise ValueError("There is not one result for each file.")
    return [_result(relative, one) for relative, one in zip(task.relatives, answer, strict=True)]


def _result(relative: bytes, answer: object) -> ReadResult:
    match answer:
        case [str(facts), bytes(thumbnail), None]:
            return ReadResult(relative, ImageFacts.model_validate_json(facts), thumbnail)
        case [None, None, str(reason)]:
            return ReadResult(relative, reason=BadImageReason(reason))
    raise ValueError("This is no result.")


def split(task: ReadTask) -> list[ReadTask]:
    """Make one shard of each file, to find the one on which the child died."""
    return [replace(task, relatives=(relative,)) for relative in task.relatives]


def crashed(task: ReadTask) -> list[ReadResult]:
    """Say of each file of a shard that it killed the child; meant for the shards of one file."""
    return [ReadResult(relative, reason=BadImageReason.CRASHED) for relative in task.relatives]


def read_batch(
    root: bytes, relatives: Sequence[bytes], threads: int, *, pixel_limit: int = PIXEL_LIMIT
) -> list[ReadResult]:
    """Read files in the order given; no file's failure hurts another.

    A file for which the memory did not suffice is read again when the threads are done: it may only have been
    the neighbour of a large one.
    """
    read = partial(_read_or_none, root, pixel_limit)
    if threads <= 1 or len(relatives) <= 1:
        found = [read(relative) for relative in relatives]
    else:
        with ThreadPoolExecutor(min(threads, len(relatives))) as pool:
            found = list(pool.map(read, relatives))
    return [
        result or read(relative) or ReadResult(relative, reason=BadImageReason.CRASHED)
        for relative, result in zip(relatives, found, strict=True)
    ]


def _read_or_none(root: bytes, pixel_limit: int, relative: bytes) -> ReadResult | None:
    try:
        return read_image(root, relative, pixel_limit=pixel_limit)
    except MemoryError:
        return None
    except Exception:  # noqa: BLE001 - the edge of the process: one file must not fail its batch
        _log.exception("%r could not be read", relative)
        return ReadResult(relative, reason=BadImageReason.CRASHED)
