"""How kernels are run: in plain threads, one at a time."""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import ParamSpec, Self, TypeVar

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

VALUES_A_CHUNK = 200_000_000
"""About 0.1 s of work, counted in values read: between chunks a run reports and can be cancelled."""
_ONE_AT_A_TIME = threading.Lock()


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
