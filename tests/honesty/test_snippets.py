"""What the pages tell people to type works, in that order.

Every `bash` and `python` block runs, unless the line before it is `<!-- not run: the reason -->`.
The working folder holds `photos/`, 60 small pictures, and ten minutes of training are two steps.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tamis.cli.door import Door
from tamis.cli.host import WebPlace
from tamis.model.token import TokenCreate
from tamis.server.settings import Settings
from tamis.services import tokens
from tests.folders import write_photos

ROOT = Path(__file__).resolve().parents[2]
ADDRESS = "http://127.0.0.1:8000"
BLOCK = re.compile(r"(<!-- not run: .+? -->\n)?```(bash|python)\n(.*?)```", re.DOTALL)


def blocks(page: str) -> list[tuple[str, str]]:
    text = (ROOT / page).read_text(encoding="utf-8")
    return [
        (language, code.replace("--minutes 10", "--steps 2"))
        for skipped, language, code in BLOCK.findall(text)
        if not skipped
    ]


@pytest.mark.slow
@pytest.mark.parametrize(
    "page",
    [
        "README.md",
        "docs/quickstart.md",
        "docs/scale.md",
        "docs/strategies.md",
        "docs/tutorials/label-week-by-week.md",
        "docs/tutorials/train-on-your-own.md",
    ],
)
def test_what_the_page_says_to_type_works(page: str, tmp_path: Path) -> None:
    write_photos(tmp_path / "photos", 60)
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "TAMIS_DATA": str(tmp_path / "data"),
    }
    assert blocks(page), f"{page} has nothing to type"
    for language, code in blocks(page):
        command = (
            ["bash", "-euo", "pipefail", "-c", code] if language == "bash" else [sys.executable, "-c", code]
        )
        ran = subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        assert ran.returncode == 0, f"{page}:\n{code}\n{ran.stdout}{ran.stderr}"


@pytest.mark.slow
def test_the_python_page_is_a_program_that_works(tmp_path: Path) -> None:
    """Its blocks share what they name; the server that the reader starts runs here, at any free port."""
    write_photos(tmp_path / "photos", 60)
    with Door(Settings(data=tmp_path / "data"), works=True, web=WebPlace("127.0.0.1", 0)) as door:
        with door.store() as store:
            token = tokens.create(store, TokenCreate(name="notebook", scope="write")).secret
        program = "".join(code for _, code in blocks("docs/python.md")).replace(ADDRESS, str(door.web_url))
        ran = subprocess.run(
            [sys.executable, "-c", program], cwd=tmp_path, env={**os.environ, "TAMIS_TOKEN": token},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    assert ran.returncode == 0, f"{program}\n{ran.stdout}{ran.stderr}"
    assert "60 added, 0 there already, 0 refused" in ran.stdout
    assert "There is already a dataset named 'street scenes'." in ran.stdout
