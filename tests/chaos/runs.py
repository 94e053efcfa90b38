"""`tamis curate` in a process group of its own, what it left when it was killed, and where that was."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import lance
import numpy as np
from PIL import Image

# Whoever runs the tests in the background may have made them deaf to Ctrl-C, and deafness is inherited.
COMMAND = (
    sys.executable,
    "-c",
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    "from tamis.cli.main import main; main()",
)
KEEP = 12
BAD_FILES = 3
_LOOK_SECONDS = 0.02  # looking takes time of its own, from the run that is looked at
_PATIENCE_SECONDS = 120.0


def draw_pictures(folder: Path, count: int) -> Path:
    """Draw `count` tiny pictures, every tenth a PNG, and add two files that are none."""
    folder.mkdir()
    chance = np.random.default_rng(count)
    for number in range(count):
        low = chance.integers(0, 256, (3, 4, 3), dtype=np.uint8)
        picture = Image.fromarray(low).resize((64, 48), Image.Resampling.BICUBIC)
        picture.save(folder / f"{number:04}.{'jpg' if number % 10 else 'png'}")
    (folder / "empty.png").write_bytes(b"")
    (folder / "text.jpg").write_text("This is no picture.")
    return folder


@dataclass(frozen=True)
class Left:
    """What lies in a data folder while nobody works on it, read without any of our own code."""

    data: Path

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        if not (self.data / "tamis.sqlite").exists():
            return []
        try:
            with closing(sqlite3.connect(f"file:{self.data}/tamis.sqlite?mode=ro", uri=True)) as connection:
                return connection.execute(query).fetchall()
        except sqlite3.OperationalError:  # killed before the tables were there
            return []

    @cached_property
    def thumbnails(self) -> frozenset[str]:
        return frozenset(path.name for path in (self.data / "thumbnails").rglob("*.*"))

    @cached_property
    def places(self) -> frozenset[tuple[str, int]]:
        """The outer folders of thumbnails and when each last grew: much quicker to look at than all files."""
        if not (self.data / "thumbnails").exists():
            return frozenset()
        with os.scandir(self.data / "thumbnails") as entries:
            return frozenset((entry.name, entry.stat().st_mtime_ns) for entry in entries)

    @cached_property
    def vectors(self) -> dict[str, frozenset[str]]:
        folders = (self.data / "vectors").glob("*.lance")
        return {one.stem: frozenset(map(str, one.rglob("*"))) for one in folders}

    @cached_property
    def versions(self) -> dict[str, int | None]:
        return dict(self.rows("SELECT id, lance_version FROM embedding"))

    @cached_property
    def hashes(self) -> frozenset[str]:
        return frozenset(row[0] for row in self.rows("SELECT sha256 FROM sample"))

    @cached_property
    def open_jobs(self) -> list[str]:
        found = self.rows("SELECT kind FROM job WHERE state IN ('queued', 'running') ORDER BY id")
        return [row[0] for row in found]

    @cached_property
    def selected(self) -> int:
        """How many selections have been asked for and made."""
        return len(self.rows("SELECT 1 FROM job WHERE kind = 'select' AND state = 'succeeded'"))

    @cached_property
    def beat(self) -> list[tuple[Any, ...]]:
        """When a worker was last ready to work."""
        return self.rows("SELECT heartbeat_at FROM worker")


def stage_between(before: Left, after: Left) -> str:
    """Name what was going on when a run ended that had found `before` and left `after`."""
    uncommitted = {name.partition(".")[0] for name in after.thumbnails} - after.hashes
    if after.thumbnails != before.thumbnails and uncommitted:
        return "thumbnail writes"
    for embedding, files in after.vectors.items():
        same_version = before.versions.get(embedding) == after.versions.get(embedding)
        if files != before.vectors.get(embedding) and same_version:
            return "Lance commit"
    if after.beat == before.beat:
        return "start-up"
    if "ingest" in after.open_jobs:
        return "reading" if any((after.data / "work").glob("*/listing.arrow")) else "listing"
    if "embed" in after.open_jobs:
        return "encoding"
    if after.open_jobs:
        return "projecting and selecting"
    return "between select and tag" if after.selected > before.selected else "between jobs"


@dataclass(frozen=True)
class Finished:
    """What a run that was left alone has told."""

    code: int
    out: str
    err: str
    chosen: bytes

    @property
    def digest(self) -> str:
        assert self.code == BAD_FILES, self.err
        return str(json.loads(self.out)["tag"]["digest"])


@dataclass
class Running:
    """A run of `tamis curate` on a folder of pictures."""

    pictures: Path
    data: Path
    before: Left = field(init=False)

    def __post_init__(self) -> None:
        self.before = Left(self.data)
        for name in (
            "thumbnails",
            "places",
            "vectors",
            "versions",
            "selected",
            "beat",
        ):  # read now: they are about to change
            getattr(self.before, name)
        self.list = self.data.with_suffix(".txt")
        self.process = subprocess.Popen(
            [
                *COMMAND, "curate", self.pictures, "--keep", str(KEEP), "--encoder", "pixels",
                "--data", self.data, "--out", self.list, "--json",
            ],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
            env={name: value for name, value in os.environ.items() if not name.startswith("TAMIS_")},
        )  # fmt: skip

    def finish(self) -> Finished:
        try:
            out, err = self.process.communicate(timeout=_PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            stage = self.kill()
            raise AssertionError(f"It did not end within {_PATIENCE_SECONDS} s: {stage}.") from None
        chosen = self.list.read_bytes() if self.list.exists() else b""
        return Finished(self.process.returncode, out, err, chosen)

    def until(self, seen: Callable[["Running"], bool], look_seconds: float = _LOOK_SECONDS) -> bool:
        """Wait for something to show; False when the run has ended before."""
        return any(seen(self) for _ in self._looks(look_seconds))

    def ended_within(self, seconds: float) -> bool:
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def kill(self) -> str:
        """Kill the whole group as `kill -9` does, and name the stage in which it was."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.communicate()
        return stage_between(self.before, Left(self.data))

    def _looks(self, look_seconds: float) -> Iterator[None]:
        while not self.ended_within(look_seconds):
            yield


def check_whole(data: Path, pictures: int) -> None:
    """Check with SQL and Lance alone what must hold however often a run was killed."""
    left = Left(data)
    assert left.rows("SELECT count(*), count(DISTINCT file_name) FROM sample") == [(pictures, pictures)]
    found = left.rows("SELECT id, lance_version, n_covered FROM embedding")
    assert len(found) == 2
    for embedding, version, covered in found:
        vectors = lance.dataset(str(data / "vectors" / f"{embedding}.lance"), version=version)
        positions = vectors.to_table(columns=["position"]).column("position").to_pylist()
        assert sorted(positions) == list(range(pictures)) and covered == pictures
