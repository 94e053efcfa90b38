"""Bytes that no row names: left by a crash or by a removal, collected once they are a day old."""

import shutil
import time
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from tamis.services import events
from tamis.store import jobs, named, samples
from tamis.store.store import Store

AGE_SECONDS = 24 * 3600
_PAUSE_SECONDS = 3600


def collect_for_ever(store: Store) -> None:
    """Collect once a day, and forget old events every hour, until the process ends."""
    while True:
        events.forget_old(store)
        collect_daily(store)
        time.sleep(_PAUSE_SECONDS)


def collect_daily(store: Store) -> None:
    """Collect, unless it was done within the last day: the thumbnails are many, and all are looked at."""
    marker = store.folder.run / "collected"
    if _changed(marker) < time.time() - AGE_SECONDS:
        marker.touch()
        collect(store)


def collect(store: Store, age_seconds: float = AGE_SECONDS) -> int:
    """Remove files and folders that no row names and that are older than `age_seconds`; return how many.

    What is younger may belong to a transaction that is about to be committed.
    """
    limit = time.time() - age_seconds
    with store.read() as connection:
        kept = named.all_of(connection) | {job_id for job_id, _ in jobs.active(connection)}
    removed = 0
    for path in chain(
        _candidates(store, kept), store.folder.incoming.iterdir(), _thumbnails(store), _blobs(store)
    ):
        if _changed(path) > limit:
            continue
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
        removed += 1
    return removed


def _candidates(store: Store, kept: set[str]) -> Iterator[Path]:
    for name in ("vectors", "arrays", "work"):
        for path in (store.folder.path / name).iterdir():
            if path.name.removesuffix(".lance").removesuffix(".arrow") not in kept:
                yield path


def _thumbnails(store: Store) -> Iterator[Path]:
    for folder in sorted((store.folder.path / "thumbnails").iterdir()):
        with store.read() as connection:
            kept = samples.hashes(connection, folder.name)
        for path in folder.rglob("*.*"):
            if path.name.removesuffix(".jpg") not in kept:
                yield path


def _blobs(store: Store) -> Iterator[Path]:
    for folder in sorted((store.folder.path / "blobs").iterdir()):
        with store.read() as connection:
            kept = samples.hashes(connection, folder.name, uploaded=True)
        for path in folder.glob("*/*"):
            if path.name not in kept:
                yield path


def _changed(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return 0.0
