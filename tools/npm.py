"""Run npm in web/, with the Node of the virtual environment: `python -m tools.npm run dev`."""

import subprocess
import sys

from tools.webapp import ROOT, WebAppError, ensure_modules, npm_command


def main() -> int:
    """Fetch what the lock file names if that is not there yet, and run npm with its output in view."""
    command, environment = npm_command()
    try:
        if sys.argv[1:2] not in (["ci"], ["install"]):
            ensure_modules()
    except WebAppError as error:
        print(error, file=sys.stderr)
        return 1
    ran = subprocess.run([*command, *sys.argv[1:]], cwd=ROOT / "web", env=environment, check=False)
    return ran.returncode


if __name__ == "__main__":
    sys.exit(main())
