"""docs/architecture.md shows the rooms that pyproject.toml enforces, and the folders that there are."""

import re
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
CONTRACTS: list[dict[str, Any]] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))[
    "tool"
]["importlinter"]["contracts"]
# | Layer | Room | What it knows | Only here |
ROWS = re.findall(r"^\| (\d) \| `(\w+)/` \| (.+?) \| (.*?) ?\|$", PAGE, re.MULTILINE)


def layers() -> list[set[str]]:
    (rooms,) = [contract for contract in CONTRACTS if contract["type"] == "layers"]
    return [{name.strip(" ()") for name in layer.split("|")} for layer in rooms["layers"]]


def folders() -> set[str]:
    return {path.parent.name for path in (ROOT / "src/tamis").glob("*/__init__.py")}


def test_the_page_shows_each_room_in_its_layer() -> None:
    shown = [
        {room for layer, room, *_ in ROWS if int(layer) == number} for number in range(1, len(layers()) + 1)
    ]
    assert shown == [layer & folders() for layer in layers()]


def test_the_page_shows_every_folder_of_the_package() -> None:
    assert {room for _, room, *_ in ROWS} == folders()


def test_the_page_says_which_package_lives_where() -> None:
    shown = {(room, package) for _, room, _, only in ROWS for package in re.findall(r"`(\w+)`", only)}
    enforced = {
        (room.removeprefix("tamis."), package)
        for contract in CONTRACTS
        if contract["type"] == "protected"
        for room in contract["allowed_importers"]
        for package in contract["protected_modules"]
    }
    assert shown == enforced
