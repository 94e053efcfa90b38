"""What later jobs need is loaded while a folder is read, when the cores are not busy all the time."""

import threading

import numpy as np


class EarlyLoading:
    """Loads libraries in a thread, once. Those who need them wait, so that two threads never load at once."""

    def __init__(self) -> None:
        self._begun = threading.Lock()
        self._thread: threading.Thread | None = None

    def begin(self) -> None:
        """Start loading, unless that has been done."""
        with self._begun:
            if self._thread is None:
                self._thread = threading.Thread(target=_load, name="early-loading", daemon=True)
                self._thread.start()

    def wait(self) -> None:
        """Wait until what has begun to load is there."""
        with self._begun:
            thread = self._thread
        if thread is not None:
            thread.join()


def _load() -> None:
    from tamis.selection import coverage, random_coverage, rank
    from tamis.store import vectors

    vectors.load_library()
    few = np.eye(4, dtype=np.float32)  # what has been compiled before is loaded at a kernel's first call
    ranking = rank(few, n_samples=2)
    coverage(few, ranking.order, [2])
    random_coverage(few, [2])
