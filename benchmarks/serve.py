"""The memory of `tamis serve`, and how soon it answers: `python -m benchmarks.serve [IMAGES]`.

With a folder of images, it is opened as a dataset; the server's memory is then read again while the worker,
a process of its own, encodes them, and after everything has been looked at once.
"""

import argparse
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from benchmarks import machine
from tamis.cli.address import read_address, transport_to
from tamis.client import Client

LIMIT_BYTES = 250_000_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("images", nargs="?", type=Path, help="a folder of images to open")
    folder: Path | None = parser.parse_args().images
    print(f"{machine.cores()} cores of {machine.model()}, load {machine.load()}")
    with tempfile.TemporaryDirectory() as home:
        measure(Path(home) / "data", folder)


def measure(data: Path, folder: Path | None) -> None:
    """Start the server, ask it things, and print what its process holds."""
    program = Path(sys.executable).with_name("tamis")
    command = [str(program), "serve", "--port", "0", "--data", str(data)]
    command += [str(folder)] if folder else []
    started = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        for line in server.stdout:
            if re.search(r"/login\?once=", line):
                break
        process = psutil.Process(server.pid)
        print(f"{'link printed after':<32} {time.perf_counter() - started:6.2f} s")
        tell("resident at start", process)
        address = read_address(data / "run")
        assert address is not None
        with Client(address.url, address.secret, transport=transport_to(address)) as client:
            client.strategies()
            client.encoders()
            tell("after the catalogue", process)
            for job in list(client.jobs()):
                client.wait(job)
            for dataset in client.datasets():
                for sample in client.samples(dataset.id):
                    client.thumbnail(dataset.id, sample.position)
                tell(f"after {dataset.n_samples} thumbnails", process)
        server.send_signal(signal.SIGINT)
        started = time.perf_counter()
        server.wait()
        print(f"{'ended after':<32} {time.perf_counter() - started:6.2f} s, exit code {server.returncode}")


def tell(what: str, process: psutil.Process) -> None:
    resident = process.memory_info().rss
    verdict = "under" if resident < LIMIT_BYTES else "OVER"
    print(f"{what:<32} {resident / 1e6:6.0f} MB ({verdict} {LIMIT_BYTES / 1e6:.0f})")


if __name__ == "__main__":
    main()
