"""Functions for the children of the tests."""

import os
import signal
from collections.abc import Callable

from tamis.images.batch import Answer, ReadTask, read_task

Reader = Callable[[ReadTask], Answer]


def read_or_die(task: ReadTask) -> Answer:
    """Read a shard as usual, but die on a file whose name says so, as a decoder with a bug would."""
    if any(b"deadly" in relative for relative in task.relatives):
        os.kill(os.getpid(), signal.SIGSEGV)
    return read_task(task)
