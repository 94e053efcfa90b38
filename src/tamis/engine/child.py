"""The child's side: read shards from stdin, write outcomes to what was stdout.

A thread of its own reads stdin. That keeps the pipe empty, so the parent never waits to write, and it notices
when the parent is gone, in the middle of a shard too: then the process ends at once.
"""

import contextlib
import io
import os
import pickle
import queue
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path

from tamis.engine import plain, wire

if sys.platform != "win32":
    import resource


def main(memory_bytes: int) -> None:
    """Serve the parent until it is gone. `memory_bytes` of 0 means no limit."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides
    shards, outcomes = _take_pipes()
    frames: queue.SimpleQueue[tuple[bytes, bytearray]] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(shards, frames), daemon=True).start()
    wire.send(outcomes, wire.READY)
    try:
        _serve(frames, outcomes, memory_bytes)
    except MemoryError:
        os._exit(wire.OUT_OF_MEMORY)
    except BrokenPipeError:
        os._exit(1)


def _take_pipes() -> tuple[io.FileIO, io.FileIO]:
    """Keep the pipes to ourselves: what the function prints goes to stderr, and it finds stdin empty."""
    shards = io.FileIO(os.dup(0), "r")
    outcomes = io.FileIO(os.dup(1), "w")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return shards, outcomes


def _listen(shards: io.FileIO, frames: "queue.SimpleQueue[tuple[bytes, bytearray]]") -> None:
    try:
        while (frame := wire.receive(shards)) is not None:
            frames.put(frame)
    except MemoryError:
        os._exit(wire.OUT_OF_MEMORY)
    os._exit(0)


def _serve(
    frames: "queue.SimpleQueue[tuple[bytes, bytearray]]", outcomes: io.FileIO, memory_bytes: int
) -> None:
    pickled = bytearray()
    function: Callable[[object], object] | None = None
    while True:
        kind, payload = frames.get()
        if kind == wire.FUNCTION:
            pickled, function = payload, None
            continue
        try:
            if function is None:
                function = pickle.loads(pickled)  # noqa: S301 - from our own parent
                _limit(memory_bytes)
            shard = pickle.loads(payload)  # noqa: S301 - from our own parent
            wire.send(outcomes, wire.STARTED)
            value = plain.encode(function(shard))
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 - the edge of the process: the parent raises one like it
            wire.send(outcomes, wire.RAISED, _told(error))
        else:
            wire.send(outcomes, wire.VALUE, value)
            del value
        payload = shard = None  # type: ignore[assignment]


def _limit(memory_bytes: int) -> None:
    """Allow so much address space beyond what Python and the function's module have taken already."""
    if sys.platform == "win32":  # it has no such limits
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if not memory_bytes:
        return
    taken = 0
    with contextlib.suppress(OSError, ValueError):  # there is no /proc: count from 0
        taken = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    limit = taken + memory_bytes
    if most != resource.RLIM_INFINITY:
        limit = min(limit, most)
    with contextlib.suppress(OSError, ValueError):  # a platform that has the name but not the limit
        resource.setrlimit(resource.RLIMIT_AS, (limit, most))


def _told(error: Exception) -> bytes:
    """Put an error in words: its class stays here, since the parent reads plain values only."""
    return plain.encode([f"{type(error).__name__}: {error}", "".join(traceback.format_exception(error))])
