"""What the pages tell people to type works, in that order.

Every `bash` and `python` block runs, unless the line before it is `<!-- not run: the reason -->`.
The working folder holds `photos/`, 60 small pictures.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.folders import write_photos

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"(<!-- not run: .+? -->\n)?```(bash|python)\n(.*?)```", re.DOTALL)


def blocks(page: str) -> list[tuple[str, str]]:
    text = (ROOT / page).read_text(encoding="utf-8")
    return [(language, code) for skipped, language, code in BLOCK.findall(text) if not skipped]


@pytest.mark.slow
@pytest.mark.parametrize("page", ["README.md", "docs/quickstart.md", "docs/scale.md"])
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
