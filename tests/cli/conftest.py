"""The command as a user runs it: a process of its own, a folder of small pictures, a data folder."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tamis.cli.door import open_door
from tamis.server.settings import Settings

COMMAND = (sys.executable, "-c", "from tamis.cli.main import main; main()")


@dataclass(frozen=True)
class Ran:
    """What a command left: its exit code, and what it wrote."""

    code: int
    raw: bytes
    err: str

    @property
    def out(self) -> str:
        return self.raw.decode()


def environment(data: Path, **more: str) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("TAMIS_")}
    return clean | {"TAMIS_DATA": str(data), "COLUMNS": "200", "NO_COLOR": "1"} | more


class Typed(io.StringIO):
    """What somebody types on a terminal."""

    def isatty(self) -> bool:
        return True


def run(data: Path, *arguments: str | Path, stdin: str = "", typed: str | None = None, **more: str) -> Ran:
    """Run `tamis` to its end, inside this process; `typed` is for what asks on a terminal only."""
    from tamis.cli.main import main

    streams = [io.TextIOWrapper(io.BytesIO(), "utf-8") for _ in range(2)]
    code: object = 0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "environ", environment(data, **more))
        patch.setattr(sys, "argv", ["tamis", *map(str, arguments)])
        patch.setattr(sys, "stdin", io.StringIO(stdin) if typed is None else Typed(typed))
        patch.setattr(sys, "stdout", streams[0])
        patch.setattr(sys, "stderr", streams[1])
        try:
            main()
        except SystemExit as end:
            code = end.code or 0
    for stream in streams:
        stream.flush()
    out, err = (stream.buffer.getvalue() for stream in streams)  # type: ignore[attr-defined]
    assert isinstance(code, int)
    return Ran(code, out, err.decode())


def start(data: Path, *arguments: str | Path) -> "subprocess.Popen[str]":
    """Start `tamis`, in a process group of its own."""
    return subprocess.Popen(
        [*COMMAND, *map(str, arguments)], env=environment(data), text=True, bufsize=1, start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def draw(path: Path, seed: int) -> None:
    low = np.random.default_rng(seed).integers(0, 256, (6, 8, 3), dtype=np.uint8)
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(low).resize((160, 120)).save(path, quality=90)


def make_photos(folder: Path, number: int = 12) -> Path:
    """Draw small pictures, a third of them in a folder of their own."""
    for seed in range(number):
        draw(folder / (f"holiday/{seed:02}.jpg" if seed % 3 == 0 else f"{seed:02}.jpg"), seed)
    return folder


@dataclass(frozen=True)
class Curated:
    """A data folder in which one selection has been made, and how that went."""

    photos: Path
    data: Path
    chosen: Path
    first: dict[str, Any]

    def run(self, *arguments: str | Path, **more: Any) -> Ran:
        return run(self.data, *arguments, **more)

    def curate(self, *arguments: str | Path) -> Ran:
        return self.run("curate", self.photos, "--encoder", "pixels", *arguments)


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    return make_photos(tmp_path / tmp_path.name)  # each test's dataset has a name of its own


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture(scope="session")
def curated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Curated]:
    """One dataset, curated once. Its server runs for the whole session: commands need not start one."""
    home = tmp_path_factory.mktemp("curated")
    made = Curated(make_photos(home / "photos"), home / "data", home / "chosen.txt", {})
    with open_door(Settings(data=made.data), works=True):
        ran = made.curate("--keep", "5", "--out", made.chosen, "--json")
        assert ran.code == 0, ran.err
        made.first.update(json.loads(ran.out))
        yield made


@pytest.fixture(scope="session")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data folder with a running server, for tests that bring folders of pictures of their own."""
    data = tmp_path_factory.mktemp("busy") / "data"
    with open_door(Settings(data=data), works=True):
        yield data
