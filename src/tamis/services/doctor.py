"""The doctor: does all that SQL names exist, whole and unchanged?"""

import hashlib
from collections.abc import Iterator
from functools import partial

import numpy as np

from tamis.model.dataset import Dataset
from tamis.model.digest import members_digest
from tamis.model.finding import Finding
from tamis.model.tag import tag_digest
from tamis.store import blobs, datasets, embeddings, named, samples, tags, vectors
from tamis.store.database import Connection
from tamis.store.pages import everything
from tamis.store.store import Store

_RESTORE = "Restore the data folder from a backup, or remove the dataset and read its folder again."


def check(store: Store) -> list[Finding]:
    """Look at every row and every file that a row names, and return what is wrong with them."""
    with store.read() as connection:
        found: list[Finding] = []
        for dataset in everything(partial(datasets.list_page, connection)):
            for check_part in (_samples, _blobs, _tags, _embeddings, _arrays):
                found.extend(check_part(store, connection, dataset))
    return found


def _samples(store: Store, connection: Connection, dataset: Dataset) -> Iterator[Finding]:
    """Positions are dense, and every image has its thumbnail."""
    positions = samples.all_positions(connection, dataset.id)
    if not np.array_equal(positions, np.arange(dataset.n_samples)):
        yield Finding(
            subject=f"dataset '{dataset.name}'",
            problem=f"It counts {dataset.n_samples} samples and holds {len(positions)}.",
            advice=_RESTORE,
        )
    hashes = {str(row[0]) for row in samples.columns(connection, dataset.id, positions, "sha256")}
    broken = [sha256 for sha256 in sorted(hashes) if not _is_whole_jpeg(store, sha256)]
    if broken:
        yield Finding(
            subject=f"dataset '{dataset.name}'",
            problem=f"{len(broken)} thumbnails are missing or damaged, the first is {broken[0]}.jpg.",
            advice=_RESTORE,
        )


def _blobs(store: Store, connection: Connection, dataset: Dataset) -> Iterator[Finding]:
    """Every uploaded image is there in its full size."""
    sizes = samples.uploaded(connection, dataset.id)
    lost = [
        sha256 for sha256, size in sorted(sizes.items()) if not blobs.is_whole(store.folder, sha256, size)
    ]
    if lost:
        yield Finding(
            subject=f"dataset '{dataset.name}'",
            problem=f"{len(lost)} uploaded images are missing or cut off, the first is {lost[0]}.",
            advice="Upload the same files again, or restore the data folder from a backup.",
        )


def _is_whole_jpeg(store: Store, sha256: str) -> bool:
    try:
        data = store.folder.thumbnail(sha256).read_bytes()
    except OSError:
        return False
    return data.startswith(b"\xff\xd8") and data.endswith(b"\xff\xd9")


def _tags(_: Store, connection: Connection, dataset: Dataset) -> Iterator[Finding]:
    """Every tag still has the content that its digest names."""
    # Ids sort by the second of their making, so a child may come before its parent.
    known = {tag.id: tag for tag in everything(partial(tags.list_page, connection, dataset.id))}
    for tag in known.values():
        rows = samples.columns(
            connection, dataset.id, tags.members(connection, dataset.id, tag.id), "file_name", "sha256"
        )
        members = members_digest((str(name), str(sha256)) for name, sha256 in rows)
        parent = known[tag.parent_id].digest if tag.parent_id else None
        if tag_digest(members, tag.recipe, parent) != tag.digest:
            yield Finding(
                subject=f"tag '{tag.name}'",
                problem="Its samples, its recipe or its parent are not those that its digest names.",
                advice=_RESTORE,
            )


def _embeddings(store: Store, connection: Connection, dataset: Dataset) -> Iterator[Finding]:
    """Every embedding holds exactly one vector for each sample that it covers."""
    for embedding in everything(partial(embeddings.list_page, connection, dataset.id)):
        state = embeddings.state(connection, dataset.id, embedding.id)
        try:
            held = vectors.positions(store.folder, embedding.id, state.lance_version)
        except (OSError, ValueError):
            held = None
        if held is None or not np.array_equal(held, state.covered):
            yield Finding(
                subject=f"embedding '{embedding.name}'",
                problem="Its vectors are missing or are not those of the samples that it covers.",
                advice=_RESTORE,
            )


def _arrays(store: Store, connection: Connection, dataset: Dataset) -> Iterator[Finding]:
    """Every write-once array has the bytes that its name says."""
    for subject, digest in named.arrays(connection, dataset.id):
        try:
            data = store.folder.array(digest).read_bytes()
        except OSError:
            data = b""
        if hashlib.sha256(data).hexdigest() != digest:
            yield Finding(
                subject=subject, problem=f"The array {digest}.arrow is missing or damaged.", advice=_RESTORE
            )
