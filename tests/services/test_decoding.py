"""Reading files in a child process: what happens when there is none."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from tamis.engine.base import Died, EngineBrokenError, Shard, Value
from tamis.model.errors import Unavailable
from tamis.services import decoding


class Broken:
    """An engine whose child does not start, as on a machine without memory."""

    def map(self, function: Callable[[Shard], Value], shards: Iterable[Shard]) -> Iterator[Value | Died]:
        raise EngineBrokenError("A child process could not start.")

    def cancel(self) -> None: ...


def test_a_reader_that_does_not_start_is_no_verdict_about_a_file(tmp_path: Path) -> None:
    (tmp_path / "one.jpg").write_bytes(b"anything")
    with pytest.raises(Unavailable, match=r"none was read\. A child process could not start"):
        list(decoding.read(Broken(), tmp_path, [b"one.jpg"]))
