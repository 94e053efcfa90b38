"""Run a worker: `python -m tamis.jobs --data DIR`, with the write end of a pipe as its lifeline."""

import argparse
import os
from pathlib import Path

from tamis.model.machine import loading

with loading():
    from tamis.jobs.worker import work


def main() -> None:
    """Read the arguments and work until the lifeline ends."""
    parser = argparse.ArgumentParser(prog="tamis.jobs", description="The worker of one data folder.")
    parser.add_argument("--data", type=Path, required=True, help="the data folder")
    arguments = parser.parse_args()
    work(arguments.data, os.environ.get("TAMIS_DATABASE_URL") or None)


if __name__ == "__main__":
    main()
