"""Reading a folder in place: which files are taken, and what a batch of them adds to the dataset.

Files are taken in the order of their paths, in fixed batches, and each batch is committed whole with its
positions. So an ingest that was killed and resumed gives the same samples at the same positions.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tamis.model.errors import Invalid
from tamis.model.image import ImageFacts
from tamis.model.job import Job
from tamis.model.names import SAME_NAME, clean_file_name, shown_file_name
from tamis.queue.outbox import submit
from tamis.services.samples import root_path
from tamis.store import datasets, events, samples, thumbnails
from tamis.store.store import Store

CHANGED = "The file has changed since it was added. Add the new version under another name."


@dataclass(frozen=True)
class Taken:
    """An image that was read: its path, what is known of it, and its thumbnail."""

    relative: bytes
    facts: ImageFacts
    thumbnail: bytes


@dataclass(frozen=True)
class Batch:
    """What is to be done with a batch of paths before any of them is read."""

    unread: list[bytes]
    refused: dict[bytes, str]
    unchanged: list[bytes]


def create(store: Store, dataset_id: str) -> Job:
    """Ask for the dataset's folder to be read, or found unchanged.

    Raises:
        Invalid: the dataset does not read a folder in place.
    """
    root_path(store, dataset_id)
    with store.write() as connection:
        return submit(connection, "ingest", dataset_id, {})


def sort_out(store: Store, dataset_id: str, root: Path, relatives: Sequence[bytes]) -> Batch:
    """Tell which paths must be read: those with a possible name that are not known, or have changed."""
    refused: dict[bytes, str] = {}
    names: dict[bytes, str] = {}
    for relative in relatives:
        try:
            names[relative] = clean_file_name(relative)
        except Invalid as error:
            refused[relative] = error.message
    with store.read() as connection:
        known = samples.known(connection, dataset_id, names.values())
    unread, unchanged = [], []
    for relative, name in names.items():
        before = known.get(name)
        if before is not None and before.relative_path == relative and _looks_same(root, relative, before):
            unchanged.append(relative)
        else:
            unread.append(relative)
    return Batch(unread, refused, unchanged)


def _looks_same(root: Path, relative: bytes, before: samples.Known) -> bool:
    try:
        facts = (root / os.fsdecode(relative)).stat()
    except OSError:
        return False
    return (facts.st_size, facts.st_mtime_ns) == (before.size_bytes, before.modified_ns)


def commit(
    store: Store,
    dataset_id: str,
    job_id: str,
    taken: Sequence[Taken],
    refused: Mapping[bytes, str],
    unchanged: Sequence[bytes] = (),
) -> int:
    """Add a batch: thumbnails first, then samples and problems in one transaction. Return how many are new.

    Committing the same batch again adds nothing.
    """
    thumbnails.write_many(store.folder, {one.facts.sha256: one.thumbnail for one in taken})
    reasons = {shown_file_name(relative): reason for relative, reason in refused.items()}
    fine = {clean_file_name(relative) for relative in unchanged}
    with store.write() as connection:
        named = {one.relative: clean_file_name(one.relative) for one in taken}
        known = samples.known(connection, dataset_id, named.values())
        new: list[samples.NewSample] = []
        in_batch: set[str] = set()
        for one in taken:
            name = named[one.relative]
            before = known.get(name)
            if name in in_batch or (before is not None and before.relative_path != one.relative):
                reasons[shown_file_name(one.relative, raw=True)] = SAME_NAME
            elif before is None:
                in_batch.add(name)
                fine.add(name)
                new.append(samples.NewSample(name, one.relative, one.facts))
            elif before.sha256 == one.facts.sha256:
                fine.add(name)
            else:
                reasons[name] = CHANGED
        samples.insert(connection, dataset_id, new)
        samples.set_problems(connection, dataset_id, job_id, reasons, fine)
        if new:
            events.add(connection, "samples.added", dataset_id, dataset_id)
    return len(new)


def start(store: Store, dataset_id: str) -> int:
    """Return the position that the first new sample will get."""
    with store.read() as connection:
        return datasets.get(connection, dataset_id).n_samples


def forget_older_problems(store: Store, dataset_id: str, job_id: str) -> None:
    """Forget what was wrong with files that are gone by now, once a job has looked at all that are there."""
    with store.write() as connection:
        samples.forget_older_problems(connection, dataset_id, job_id)


def count_problems(store: Store, dataset_id: str, job_id: str) -> int:
    """Return how many files a job refused."""
    with store.read() as connection:
        return samples.count_problems(connection, dataset_id, job_id)
