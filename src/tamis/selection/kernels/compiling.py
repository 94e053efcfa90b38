"""How kernels are compiled and run: cached in the user's cache folder, in plain threads, one at a time."""

import os
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import ParamSpec, Self, TypeVar

from numba import njit
from numba.core import config

from tamis.model.machine import can_write, user_cache

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

VALUES_A_CHUNK = 200_000_000
"""About 0.1 s of work, counted in values read: between chunks a run reports and can be cancelled."""
_ONE_AT_A_TIME = threading.Lock()


def kernel(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Compile a function on its first call. It releases the GIL, and the compiled code is kept on disk.

    The flags let the compiler add in vector lanes; NaN and Inf keep their meaning. A kernel may call only
    kernels of its own file: numba looks at no other file to see whether its cache is out of date.
    """
    return _compiled(function, {"reassoc", "contract", "nsz", "arcp"})


def exact_kernel(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Compile a function like `kernel`, but add in the order that is written, as `lanes` needs it."""
    return _compiled(function, set())


def _compiled(function: Callable[Parameters, Result], flags: set[str]) -> Callable[Parameters, Result]:
    folder = _cache_folder()
    before = config.CACHE_DIR  # type: ignore[attr-defined]  # numba sets its options at run time
    config.CACHE_DIR = folder or ""  # type: ignore[attr-defined]  # likewise
    try:
        compiled: Callable[Parameters, Result] = njit(
            nogil=True, cache=folder is not None, fastmath=flags or False
        )(function)
    finally:
        config.CACHE_DIR = before  # type: ignore[attr-defined]  # likewise
    return compiled


def _cache_folder() -> str | None:
    """Return a folder for compiled code that we may write to: the user's word first."""
    named = os.environ.get("NUMBA_CACHE_DIR")
    if named:
        return named if can_write(Path(named)) else None
    folder = user_cache("numba")
    return None if folder is None else str(folder)


class Workers:
    """Threads of one run. Kernels of two runs never overlap: they would only fight for the same cores."""

    def __init__(self, threads: int) -> None:
        self.threads = threads
        self._pool = ThreadPoolExecutor(threads - 1) if threads > 1 else None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown()

    def call(
        self, function: Callable[Parameters, Result], *args: Parameters.args, **kwargs: Parameters.kwargs
    ) -> Result:
        """Call one kernel."""
        with _ONE_AT_A_TIME:
            return function(*args, **kwargs)

    def over(
        self, function: Callable[[int, int], Result], borders: Sequence[tuple[int, int]]
    ) -> list[Result]:
        """Call `function(start, stop)` for every pair, on all threads at once, this one among them."""
        results: dict[int, Result] = {}
        todo = deque(enumerate(borders))

        def take() -> None:
            while True:
                try:
                    number, (start, stop) = todo.popleft()
                except IndexError:
                    return
                results[number] = function(start, stop)

        with _ONE_AT_A_TIME:
            helpers = min(self.threads, len(borders)) - 1
            futures = [self._pool.submit(take) for _ in range(helpers)] if self._pool is not None else []
            take()
            for future in futures:
                future.result()
        return [results[number] for number in range(len(borders))]
