"""How near is `tamis embed` to what the machine can do? `python -m benchmarks.embed [--images N] [--json]`

In one run, over the photos of `benchmarks.images`: decoding alone (the child process and its threads, as the
command does it), the network alone on squares that are decoded already, and `tamis embed DIR --out FILE` as a
user runs it, from its start to its end. All use the same cores, so the whole can not be faster than one after
the other, 1 / (1/decode + 1/network); the target is 85 % of that. Parts and whole take turns. CPU seconds are
told as well: other programs on the machine change them less.
"""

import argparse
import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import fmean

import numpy as np
from numpy.typing import NDArray

from benchmarks import machine
from benchmarks.images import CACHE, photos
from benchmarks.processes import cpu_seconds, run
from tamis.encoders import Encoder, open_encoder
from tamis.images.listing import walk
from tamis.model.machine import user_cache
from tamis.services import decoding

TAMIS = (sys.executable, "-c", "from tamis.cli.main import main; main()")
TARGET_SHARE = 0.85
COUNT = 1000
_ENCODER = "lite0"
_ROUNDS = 2

Report = dict[str, object]


def measure(folder: Path, scratch: Path) -> Report:
    """Measure both parts and the whole over a folder of JPEGs; `scratch` is an empty folder."""
    load = machine.load()
    relatives = list(walk(folder))
    encoder = open_encoder(_ENCODER, user_cache("encoders") or scratch)
    squares = _squares(folder, relatives, encoder.input_size)
    taken: dict[str, list[tuple[float, float]]] = {"decode": [], "network": [], "whole": []}
    for number in range(_ROUNDS):
        taken["decode"].append(_decode(folder, relatives, encoder.input_size))
        taken["network"].append(_take(lambda: _encode(encoder, squares)))
        taken["whole"].append(_whole(folder, scratch / f"vectors-{number}.npz"))
    seconds = {name: fmean(wall for wall, _ in found) for name, found in taken.items()}
    computed = {name: fmean(cpu for _, cpu in found) for name, found in taken.items()}
    speeds = {name: len(relatives) / found for name, found in seconds.items()}
    possible = 1 / (1 / speeds["decode"] + 1 / speeds["network"])
    return {
        "machine": {"model": machine.model(), "cores": machine.cores(), "load_before": load},
        "images": len(relatives),
        "images_per_second": speeds,
        "possible": possible,
        "share": speeds["whole"] / possible,
        "cpu_seconds": computed,
        "cpu_share": (computed["decode"] + computed["network"]) / computed["whole"],
        "rounds": taken,
    }


def _squares(folder: Path, relatives: list[bytes], size: int) -> NDArray[np.uint8]:
    with decoding.new_engine() as engine:
        found = [one.pixels for one in decoding.squares(engine, folder, relatives, size)]
    return np.stack([pixels for pixels in found if pixels is not None])


def _decode(folder: Path, relatives: list[bytes], size: int) -> tuple[float, float]:
    with decoding.new_engine() as engine:
        list(decoding.squares(engine, folder, relatives[:1], size))  # starts the child
        return _take(lambda: sum(1 for _ in decoding.squares(engine, folder, relatives, size)))


def _encode(encoder: Encoder, squares: NDArray[np.uint8]) -> None:
    batches = [squares[i : i + encoder.batch_size] for i in range(0, len(squares), encoder.batch_size)]
    with ThreadPoolExecutor(encoder.lanes) as pool:
        for _ in pool.map(encoder.encode, batches):
            pass


def _whole(folder: Path, out: Path) -> tuple[float, float]:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    ran = run([*TAMIS, "embed", str(folder), "--encoder", _ENCODER, "--out", str(out)])
    if ran.code:
        raise SystemExit(f"tamis embed ended with exit code {ran.code}.")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return ran.seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _take(work: Callable[[], object]) -> tuple[float, float]:
    """Return the wall seconds and the CPU seconds of some work, living children included."""
    computed, started = cpu_seconds(), time.perf_counter()
    work()
    return time.perf_counter() - started, cpu_seconds() - computed


def describe(report: Report) -> str:
    """Write a report for people."""
    found, speeds = report["machine"], report["images_per_second"]
    cpu = report["cpu_seconds"]
    assert isinstance(found, dict) and isinstance(speeds, dict) and isinstance(cpu, dict)
    share, possible = float(str(report["share"])), float(str(report["possible"]))
    verdict = "met" if share >= TARGET_SHARE else "MISSED"
    return "\n".join(
        [
            f"Machine   {found['model']}, {found['cores']} cores, load {found['load_before']} before",
            f"Images    {report['images']} JPEGs of 640 x 480, encoder {_ENCODER}",
            f"Decode    {speeds['decode']:7.1f} images/s alone",
            f"Network   {speeds['network']:7.1f} images/s alone",
            f"Possible  {possible:7.1f} images/s, one after the other",
            f"Whole     {speeds['whole']:7.1f} images/s, start and end included",
            f"Share     {share:7.1%}; target {TARGET_SHARE:.0%}: {verdict}",
            f"CPU       parts {cpu['decode']:.1f} + {cpu['network']:.1f}, whole {cpu['whole']:.1f} s; "
            f"{float(str(report['cpu_share'])):.1%} of it is decoding and network",
        ]
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--images", type=int, default=COUNT, help=f"how many photos; {COUNT} unless told")
    parser.add_argument("--json", action="store_true", help="print JSON")
    arguments = parser.parse_args()
    folder = photos(arguments.images)
    with tempfile.TemporaryDirectory(prefix="benchmark-", dir=CACHE) as scratch:
        report = measure(folder, Path(scratch))
    print(json.dumps(report, indent=2) if arguments.json else describe(report))


if __name__ == "__main__":
    main()
