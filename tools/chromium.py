"""Find Chromium for the browser test, or install it where that takes no question."""

import os
import re
import shutil
import subprocess
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
ADVICE = (
    "The browser test needs Chromium and found none. Install it (Debian: apt-get install chromium; Fedora: "
    "dnf install chromium; macOS: Google Chrome), or name one: TAMIS_CHROMIUM=/path/to/chromium make test"
)


def find_chromium() -> str | None:
    """Return the browser that TAMIS_CHROMIUM names, or else the first one that starts."""
    named = os.environ.get("TAMIS_CHROMIUM")
    for candidate in [named] if named else [*map(shutil.which, NAMES), str(MAC)]:
        if candidate and _starts(candidate):
            return candidate
    return None


def ensure_chromium(log: Path) -> None:
    """Install Chromium with apt-get when it is missing and this is root on Debian or Ubuntu.

    Raises:
        RuntimeError: there is none and it cannot be installed; the message says what to do.
    """
    if find_chromium():
        return
    if os.environ.get("TAMIS_CHROMIUM"):
        raise RuntimeError(f"TAMIS_CHROMIUM={os.environ['TAMIS_CHROMIUM']} does not start.")
    if os.geteuid() or not shutil.which("apt-get"):
        raise RuntimeError(ADVICE)
    print("Installing Chromium for the browser test (apt-get) ...", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update"], ["install", "-y", "--no-install-recommends", "chromium"]):
        ran = subprocess.run(
            ["apt-get", *arguments], check=False, env=environment, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        with log.open("a") as output:
            output.write(ran.stdout)
        if size := re.search(r"^Need to get ([\d.,]+ [kMG]?B)", ran.stdout, re.MULTILINE):
            print(f"Chromium: {size.group(1)} fetched.", flush=True)
    if not find_chromium():
        raise RuntimeError(f"apt-get did not bring a Chromium that starts; see {log}. {ADVICE}")


def _starts(command: str) -> bool:
    try:
        return (
            subprocess.run([command, "--version"], capture_output=True, timeout=60, check=False).returncode
            == 0
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
