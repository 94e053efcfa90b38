"""Help and version come at once: they load nothing that a command needs."""

import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command

from tamis import __version__
from tamis.cli.main import app
from tests.cli.conftest import make_photos

HEAVY = (
    "torch",
    "numba",
    "lance",
    "onnxruntime",
    "dbos",
    "fastapi",
    "sqlalchemy",
    "numpy",
    "httpx",
    "pyarrow",
)
COMMANDS = [
    (), ("curate",), ("train",), ("magic",), ("dataset",), ("dataset", "list"), ("dataset", "show"),
    ("dataset", "rename"), ("dataset", "remove"), ("tag",),
    ("tag", "list"), ("tag", "show"), ("tag", "rename"), ("tag", "remove"),
    ("export",), ("doctor",), ("serve",), ("login",), ("token",),
    ("token", "create"), ("token", "list"), ("token", "revoke"), ("embed",), ("embedding",),
    ("embedding", "list"), ("embedding", "export"), ("embedding", "import"), ("embedding", "remove"),
    ("encoder",), ("encoder", "get"),
]  # fmt: skip


def modules_after(*arguments: str, status: int = 0) -> set[str]:
    code = f"""
import sys
sys.argv = ["tamis", *{arguments!r}]
from tamis.cli.main import main
try:
    main()
except SystemExit as end:
    assert (end.code or 0) == {status}, end.code
print("\\n<<<" + " ".join(sys.modules) + ">>>")
"""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(ran.stdout.rpartition("<<<")[2].rstrip(">\n").split())


@pytest.mark.parametrize(
    "arguments",
    [
        ("--help",),
        ("--version",),
        ("curate", "--help"),
        ("doctor", "--help"),
        ("serve", "--help"),
        ("train", "--help"),
    ],
)
def test_help_and_version_load_nothing_heavy(arguments: tuple[str, ...]) -> None:
    loaded = modules_after(*arguments)
    assert "typer" in loaded
    assert loaded.isdisjoint(HEAVY)


def test_a_mistyped_folder_is_told_before_torch_is_loaded(tmp_path: Path) -> None:
    assert "torch" not in modules_after("train", str(tmp_path / "fotos"), status=2)
    assert "torch" not in modules_after("train", str(tmp_path), status=1)


def test_a_folder_is_encoded_without_what_datasets_need(tmp_path: Path) -> None:
    make_photos(tmp_path / "photos", 2)
    arguments = str(tmp_path / "photos"), "--encoder", "pixels", "--out", str(tmp_path / "vectors.npz")
    loaded = modules_after("embed", *arguments)
    assert (tmp_path / "vectors.npz").exists()
    assert loaded.isdisjoint({"sqlalchemy", "lance", "dbos", "fastapi", "torch", "numba"})


def test_the_version_is_told() -> None:
    code = "from tamis.cli.main import main; main()"
    ran = subprocess.run(
        [sys.executable, "-c", code, "--version"], capture_output=True, text=True, check=True
    )
    assert ran.stdout == f"tamis {__version__}\n"


def test_every_command_is_listed_here() -> None:
    def walk(command: object, path: tuple[str, ...]) -> list[tuple[str, ...]]:
        inner = getattr(command, "commands", {})
        return [path, *(found for name, each in inner.items() for found in walk(each, (*path, name)))]

    assert sorted(walk(get_command(app), ())) == sorted(COMMANDS)


GROUPS = [("dataset",), ("tag",), ("token",), ("embedding",), ("encoder",)]


@pytest.mark.parametrize("path", [path for path in COMMANDS if path not in GROUPS])
def test_every_command_has_help_with_an_example(path: tuple[str, ...]) -> None:
    command = get_command(app)
    for name in path:
        command = command.commands[name]  # type: ignore[attr-defined]
    assert command.help and command.epilog.startswith(f"Example: tamis {' '.join(path)}".rstrip())


def test_shell_completion_can_be_installed() -> None:
    code = "from tamis.cli.main import main; main()"
    ran = subprocess.run(
        [sys.executable, "-c", code, "--show-completion", "bash"], capture_output=True, text=True, check=False
    )
    assert "complete" in ran.stdout
