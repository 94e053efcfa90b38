"""What later jobs need is loaded while a folder is read, when the cores are not busy all the time."""

import threading


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
    from tamis.selection.kernels import farthest, herding, nearest  # noqa: F401  # they load numba
    from tamis.store import vectors

    vectors.load_library()
