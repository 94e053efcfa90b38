"""The local engine: child processes on this machine, limited in memory and time.

Children are started afresh, never forked, so that no lock or database handle is inherited, and they live on
between calls. A child that dies or runs over its time is replaced; only the shard it worked on is lost.

One thread for each child listens to it and hands it the next shard as soon as it has answered, so that it
does not wait for the caller of `map`. All state is guarded by one condition.
"""

import math
import pickle
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Self, cast

from tamis.engine import wire
from tamis.engine.base import Died, EngineBrokenError, EngineStoppedError, Shard, Value
from tamis.engine.process import BOOT_SECONDS, Child, Task

_AHEAD = 2


class LocalEngine:
    """Maps functions over shards in child processes.

    Args:
        processes: how many children work at a time. They start when there is work for them.
        memory_bytes: what a child may take beyond what it has after importing the function's module;
            None for no limit. Ignored where the platform has no such limit.
        timeout_seconds: how long one shard may take; None for no limit.
    """

    def __init__(
        self,
        processes: int = 1,
        *,
        memory_bytes: int | None = None,
        timeout_seconds: float | None = None,
    ) -> None:
        self._processes = processes
        self._memory_bytes = memory_bytes or 0
        self._timeout_seconds = timeout_seconds
        self._changed = threading.Condition()
        self._children: list[Child] = []
        self._listeners: set[threading.Thread] = set()
        self._waiting: deque[Task] = deque()
        self._cancellations = 0
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def map(self, function: Callable[[Shard], Value], shards: Iterable[Shard]) -> Iterator[Value | Died]:
        """Yield the outcome of each shard, in order; see `Engine.map`.

        At most `processes + 2` shards are under way, or finished and not yet taken. Several maps may be in
        progress at once, also from several threads; they share the children.

        Raises:
            ValueError: the function lives in `__main__`.
            EngineStoppedError: the engine was cancelled or closed.
            EngineBrokenError: a child could not start.
        """
        if getattr(function, "__module__", None) == "__main__":
            raise ValueError(
                f"The function {function!r} lives in __main__, where a child process cannot find it; "
                "move it to a module."
            )
        return self._map(pickle.dumps(function), iter(shards))

    def cancel(self) -> None:
        """Kill all children at once; a `map` in progress raises EngineStoppedError."""
        with self._changed:
            self._cancellations += 1
            for task in self._waiting:
                task.failure = EngineStoppedError("The engine was cancelled.")
            self._waiting.clear()
            for child in self._children:
                if child.task is not None and not child.task.done:
                    child.task.failure = EngineStoppedError("The engine was cancelled.")
                child.kill("The engine was cancelled.")
            self._changed.notify_all()

    def close(self) -> None:
        """Cancel, and wait until every child is gone. A closed engine stays closed."""
        with self._changed:
            self._closed = True
        self.cancel()
        while True:
            with self._changed:
                listener = next(iter(self._listeners), None)
            if listener is None:
                return
            listener.join()

    def _map(self, function: bytes, source: Iterator[Shard]) -> Iterator[Value | Died]:
        cancellations = self._cancellations
        mine: deque[Task] = deque()  # in the order of the shards

        def fill() -> None:
            for shard in source:
                task = Task(function, pickle.dumps(shard, pickle.HIGHEST_PROTOCOL))
                with self._changed:
                    if self._closed or self._cancellations != cancellations:
                        raise EngineStoppedError("The engine was cancelled or closed.")
                    mine.append(task)
                    self._waiting.append(task)
                if len(mine) >= self._processes + _AHEAD:
                    break
            self._send(self._assign())

        try:
            fill()
            while mine:
                task = mine[0]
                self._await(task)
                mine.popleft()
                fill()  # before the caller has its turn, so that the children work while it does
                value = cast(Value | Died, task.outcome())
                del task
                yield value
                del value
        finally:
            self._abandon(mine)

    def _await(self, task: Task) -> None:
        while True:
            self._send(self._assign())
            with self._changed:
                if task.done:
                    return
                if not self._can_assign():
                    self._changed.wait(self._kill_late())

    def _can_assign(self) -> bool:
        idle = any(child.task is None and child.doom is None for child in self._children)
        return bool(self._waiting) and (idle or len(self._children) < self._processes)

    def _assign(self) -> list[tuple[Child, Task]]:
        """Give waiting tasks to idle children, and start children as long as some are missing."""
        with self._changed:
            given = []
            while self._can_assign():
                free = (child for child in self._children if child.task is None and child.doom is None)
                child = next(free, None) or self._start()
                given.append((child, self._give(child)))
            return given

    def _give(self, child: Child) -> Task:
        task = self._waiting.popleft()
        task.child, child.task, child.started = child, task, False
        child.deadline = time.monotonic() + BOOT_SECONDS
        return task

    @staticmethod
    def _send(given: list[tuple[Child, Task]]) -> None:
        """Write to the pipes; never while the condition is held, since a pipe may be full."""
        for child, task in given:
            child.send(task)

    def _start(self) -> Child:
        child = Child(self._memory_bytes)
        listener = threading.Thread(target=self._listen, args=(child,), daemon=True)
        self._children.append(child)
        self._listeners.add(listener)
        listener.start()
        return child

    def _kill_late(self) -> float | None:
        """Kill children over their time; return the seconds until the next may be, None if none can."""
        now = time.monotonic()
        working = [child for child in self._children if child.task is not None and child.doom is None]
        for child in working:
            if child.deadline <= now:
                limit = self._timeout_seconds if child.started else BOOT_SECONDS
                child.kill(f"The process took longer than {limit:g} s.")
        next_deadline = min((child.deadline for child in working if child.doom is None), default=math.inf)
        return None if next_deadline == math.inf else next_deadline - now

    def _listen(self, child: Child) -> None:
        while (frame := child.receive()) is not None:
            with self._changed:
                given = self._note(child, frame)
                self._changed.notify_all()
            del frame
            self._send(given)
        reason = child.bury()
        with self._changed:
            self._children.remove(child)
            self._listeners.discard(threading.current_thread())
            if child.task is not None and not child.task.done:
                self._lose(child, child.task, reason)
            self._changed.notify_all()

    def _note(self, child: Child, frame: tuple[bytes, bytearray]) -> list[tuple[Child, Task]]:
        if frame[0] == wire.READY:
            child.ready = True
        elif frame[0] == wire.STARTED:
            if child.started:  # the clock starts once
                return []
            child.started = True
            limit = self._timeout_seconds
            child.deadline = math.inf if limit is None else time.monotonic() + limit
        elif child.task is not None:
            if not child.task.done:
                child.task.frame = frame
            child.task = None
            if self._waiting and child.doom is None:
                return [(child, self._give(child))]
        return []

    def _lose(self, child: Child, task: Task, reason: str) -> None:
        if not child.ready:
            task.failure = EngineBrokenError(f"A child process could not start. {reason}")
        elif not child.started and not task.retried and child.doom is None:
            task.retried = True  # it may have died idle, before the task reached it
            task.child = None
            self._waiting.appendleft(task)
        else:
            task.failure = Died(reason)

    def _abandon(self, mine: deque[Task]) -> None:
        with self._changed:
            for task in mine:
                if task in self._waiting:
                    self._waiting.remove(task)
                elif task.child is not None and task.child.task is task:
                    task.child.kill("Nobody waits for the outcome any more.")
                if not task.done:
                    task.failure = EngineStoppedError("Nobody waits for the outcome any more.")
