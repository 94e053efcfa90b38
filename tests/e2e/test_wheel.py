"""What `pip install` brings: the command, and the web app with it."""

import json
import subprocess
from pathlib import Path

import tamis

LOOK = """
import json, pathlib, tamis
folder = pathlib.Path(tamis.__file__).parent
print(json.dumps([tamis.__version__, str(folder), sorted(map(str, (folder / "server/static").glob("*")))]))
"""


def test_the_wheel_brings_the_command_and_the_app(python: Path) -> None:
    said = subprocess.run([python, "-P", "-c", LOOK], capture_output=True, text=True, check=True).stdout
    version, folder, files = json.loads(said)
    assert version == tamis.__version__
    assert Path(folder).is_relative_to(python.parents[1])
    assert {"assets", "index.html", "licences.md"} <= {Path(name).name for name in files}
    command = python.with_name("tamis")
    ran = subprocess.run([command, "--version"], capture_output=True, text=True, check=True)
    assert ran.stdout == f"tamis {version}\n"
