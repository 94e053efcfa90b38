"""How fast is the main job? `python -m benchmarks.curate [--images N] [--json]`

In one run, over the photos of `benchmarks.images`: reading alone, encoding alone, each beside a baseline that
no change of ours moves, and `tamis curate` as a user runs it. The whole can not be faster than one part after
the other, 1 / (1/ingest + 1/encoder); the target is 85 % of that, start, projection, selection and end
included. One small run before the clock starts fills the caches that outlive a command; memory and CPU
seconds are those of a second run, since to watch them takes time.
"""

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import fmean
from typing import TypeVar

from benchmarks import machine, parts
from benchmarks.images import CACHE, COUNT, photos
from benchmarks.processes import Ran, Watched, cpu_seconds, run, watch
from tamis.store.store import open_store

TAMIS = (sys.executable, "-c", "from tamis.cli.main import main; main()")
TARGET_SHARE = 0.85
TARGET_BYTES = 1.2e9
_KEEP = 100
_WARM_UP = 8
_ROUNDS = 2
_HELPS = 3

Report = dict[str, object]
Done = TypeVar("Done", Ran, Watched)


def measure(folder: Path, scratch: Path, rounds: int = _ROUNDS) -> Report:
    """Measure all parts and the whole over a folder of JPEGs; `scratch` is an empty folder.

    Parts and whole take turns, and their mean counts, so that a machine that becomes slower is no advantage.
    """
    paths = sorted(folder.glob("*.jpg"))
    load = machine.load()
    _warm_up(paths[:_WARM_UP], scratch)
    keep = min(_KEEP, len(paths))
    taken: dict[str, list[tuple[float, float]]] = {}
    for number in range(rounds):
        _take_parts(folder, paths, scratch / f"parts-{number}", taken)
        data = scratch / f"whole-{number}"
        whole = _finished(run(_command(folder, data, keep)), data)
        taken.setdefault("end_to_end", []).append((whole.seconds, 0.0))
    watched = _finished(watch(_command(folder, scratch / "watched", keep)), scratch / "watched")
    seconds = {name: fmean(wall for wall, _ in took) for name, took in taken.items()}
    speeds = {name: len(paths) / wall for name, wall in seconds.items()}
    possible = 1 / (1 / speeds["ingest"] + 1 / speeds["encoder"])
    return {
        "machine": {"model": machine.model(), "cores": machine.cores(), "load_before": load},
        "images": len(paths),
        "bytes": sum(path.stat().st_size for path in paths),
        "images_per_second": speeds,
        "possible": possible,
        "share": speeds["end_to_end"] / possible,
        "seconds": seconds["end_to_end"],
        "cpu_seconds": watched.cpu_seconds,
        "cpu_seconds_alone": {name: fmean(cpu for _, cpu in took) for name, took in taken.items()},
        "stages": {name: stage["seconds"] for name, stage in json.loads(whole.out)["stages"].items()},
        "peak_bytes": watched.peak_bytes,
        "memory_measure": watched.measure,
        "help_seconds": min(run([*TAMIS, "--help"]).seconds for _ in range(_HELPS)),
    }


def _take_parts(
    folder: Path, paths: Sequence[Path], scratch: Path, taken: dict[str, list[tuple[float, float]]]
) -> None:
    scratch.mkdir()
    with open_store(scratch / "data") as store:
        preparations: dict[str, Callable[[], Callable[[], object]]] = {
            "ingest": lambda: parts.prepare_ingest(folder, store),
            "ingest_baseline": lambda: parts.prepare_pillow(paths, scratch / "thumbnails"),
            "encoder": lambda: parts.prepare_encoder(store),
            "encoder_baseline": lambda: parts.prepare_onnxruntime(store, len(paths)),
        }
        for name, prepare in preparations.items():
            taken.setdefault(name, []).append(_take(prepare()))


def _take(work: Callable[[], object]) -> tuple[float, float]:
    """Return the wall seconds and the CPU seconds of some work."""
    computed, started = cpu_seconds(), time.perf_counter()
    work()
    return time.perf_counter() - started, cpu_seconds() - computed


def _command(folder: Path, data: Path, keep: int) -> list[str]:
    return [*TAMIS, "curate", str(folder), "--keep", str(keep), "--data", str(data), "--json"]


def _finished(done: Done, data: Path) -> Done:
    if done.code:
        raise SystemExit(f"tamis curate ended with exit code {done.code}; see {data / 'run'}.")
    return done


def _warm_up(paths: Sequence[Path], scratch: Path) -> None:
    few = scratch / "few"
    few.mkdir(parents=True)
    for path in paths:
        shutil.copyfile(path, few / path.name)
    _finished(run(_command(few, scratch / "warm", keep=2)), scratch / "warm")


def describe(report: Report) -> str:
    """Write a report for people."""
    found, speeds, cpu = report["machine"], report["images_per_second"], report["cpu_seconds"]
    assert isinstance(found, dict) and isinstance(speeds, dict) and isinstance(cpu, dict)
    numbers = {name: float(str(report[name])) for name in ("images", "bytes", "possible", "share", "seconds")}
    peak, target = float(str(report["peak_bytes"])), TARGET_BYTES
    stages = report["stages"]
    assert isinstance(stages, dict)
    alone = report["cpu_seconds_alone"]
    assert isinstance(alone, dict)
    spent = ", ".join(f"{name} {seconds:.1f}" for name, seconds in cpu.items())
    useful = (alone["ingest"] + alone["encoder"]) / sum(cpu.values())
    took = ", ".join(f"{name} {seconds:.1f}" for name, seconds in stages.items())
    lines = [
        f"Machine      {found['model']}, {found['cores']} cores, load {found['load_before']} before",
        f"Images       {numbers['images']:.0f} JPEGs of {numbers['bytes'] / numbers['images'] / 1e3:.0f} kB",
        f"Ingest       {speeds['ingest']:7.1f} images/s   Pillow, in full: {speeds['ingest_baseline']:.1f}",
        f"Encoder      {speeds['encoder']:7.1f} images/s   onnxruntime, random input: "
        f"{speeds['encoder_baseline']:.1f}",
        f"Possible     {numbers['possible']:7.1f} images/s   one after the other, and nothing else",
        f"End to end   {speeds['end_to_end']:7.1f} images/s   {numbers['seconds']:.1f} s",
        f"Share        {numbers['share']:7.1%}            target {TARGET_SHARE:.0%}: "
        f"{_verdict(numbers['share'] >= TARGET_SHARE)}",
        f"Peak memory  {peak / 1e9:7.2f} GB         target {target / 1e9:.1f} GB: {_verdict(peak < target)} "
        f"({report['memory_measure']} of all processes)",
        f"Stages       {took} s",
        f"CPU          {spent} s; alone: ingest {alone['ingest']:.1f}, encoder {alone['encoder']:.1f} s, "
        f"which is {useful:.0%}",
        f"--help       {float(str(report['help_seconds'])):7.2f} s",
    ]
    return "\n".join(lines)


def _verdict(met: bool) -> str:
    return "met" if met else "MISSED"


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
