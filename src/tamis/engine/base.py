"""What every engine promises, and the retry that finds the one bad item in a shard."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

Shard = TypeVar("Shard")
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Died:
    """What comes out of a shard whose process did not survive it; `reason` is a sentence."""

    reason: str


class EngineStoppedError(RuntimeError):
    """The engine was cancelled or closed while it was mapping."""


class EngineBrokenError(RuntimeError):
    """A process could not even start, so that no shard is to blame."""


class FunctionFailedError(RuntimeError):
    """The function raised; the message names the error, and a note holds the child's traceback."""


class Engine(Protocol):
    """Maps functions over shards, in processes that may die without harm to the others."""

    def map(self, function: Callable[[Shard], Value], shards: Iterable[Shard]) -> Iterator[Value | Died]:
        """Yield the outcome of each shard, in the order of the shards.

        The function is found again by its module and name, so it must not live in `__main__` or in another
        function. It returns plain values (see `plain.py`), whose tuples arrive as lists. What it raises
        becomes a FunctionFailedError here; only the death of its process becomes a `Died`. The shards are
        taken from the iterable as they are needed.
        """
        ...

    def cancel(self) -> None:
        """Stop all work at once; a `map` in progress raises EngineStoppedError."""
        ...


def map_splitting(
    engine: Engine,
    function: Callable[[Shard], Value],
    shards: Iterable[Shard],
    split: Callable[[Shard], Sequence[Shard]],
) -> Iterator[tuple[Shard, Value | Died]]:
    """Map, and retry the pieces of a shard whose process died, so that only the bad piece is lost.

    Yields each shard, or in its place its pieces, with the outcome and in order. A shard that splits into no
    more than one piece is not retried.
    """
    sent: deque[Shard] = deque()

    def remember() -> Iterator[Shard]:
        for shard in shards:
            sent.append(shard)
            yield shard

    for outcome in engine.map(function, remember()):
        shard = sent.popleft()
        pieces = split(shard) if isinstance(outcome, Died) else ()
        if len(pieces) > 1:
            yield from map_splitting(engine, function, pieces, split)
        else:
            yield shard, outcome
