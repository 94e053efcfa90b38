"""The built wheel, installed in an environment of its own: `build/e2e`, made again when the wheel changes.

Its dependencies are those of the environment that runs the tests; Tamis itself comes from the wheel alone.
"""

import fcntl
import hashlib
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOME = ROOT / "build/e2e"
PYTHON = HOME / "venv/bin/python"
STAMP = HOME / "venv/wheel.sha256"


def install() -> Path:
    """Build the wheel and install it, unless the same one is; return the Python that has it."""
    HOME.mkdir(parents=True, exist_ok=True)
    with (HOME / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        wheel = build()
        digest = f"{hashlib.sha256(wheel.read_bytes()).hexdigest()} {sys.version}"
        if not STAMP.is_file() or STAMP.read_text() != digest:
            venv.create(HOME / "venv", clear=True, symlinks=True)
            packages = sysconfig.get_path("purelib", vars={"base": str(HOME / "venv")})
            # After the environment's own folder on the path, and its .pth files are not read: so the
            # editable Tamis that the tests run from stays out of sight.
            (Path(packages) / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
            run(sys.executable, "-m", "pip", "--python", PYTHON, "install", "--no-deps", "--no-index", wheel)
            STAMP.write_text(digest)
    return PYTHON


def build() -> Path:
    """Build the wheel with the environment's own hatchling; the same sources give the same bytes."""
    for old in (HOME / "dist").glob("*.whl"):
        old.unlink()
    run(sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", HOME / "dist")
    (wheel,) = (HOME / "dist").glob("*.whl")
    return wheel


def run(*command: str | Path) -> None:
    """Run a command; what it said is the error when it fails."""
    ran = subprocess.run(list(map(str, command)), cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
