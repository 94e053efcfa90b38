"""Samples: listed, shown, annotated, deleted; and read in place by a job (services/ingest.py)."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tamis.images.read import read_original
from tamis.images.thumbnail import smaller
from tamis.model.digest import Json
from tamis.model.errors import Invalid, NotFound
from tamis.model.image import BadImage
from tamis.model.noun import Page
from tamis.model.sample import Problem, Sample
from tamis.services.roots import folder_below
from tamis.store import arrays, bitmaps, blobs, datasets, events, roots, samples, tags, thumbnails
from tamis.store.store import Store

MEDIA_TYPES = {
    name: f"image/{name.lower()}" for name in ("JPEG", "PNG", "WEBP", "BMP", "TIFF", "GIF", "HEIF")
}


def get(store: Store, dataset_id: str, position: int) -> Sample:
    """Return a sample, or raise NotFound."""
    with store.read() as connection:
        return samples.get(connection, dataset_id, position)


def list_page(
    store: Store, dataset_id: str, after: int | None, limit: int, tag_id: str | None = None
) -> Page[Sample]:
    """Return a page of samples that are not deleted, by position; those of one tag, where it is given."""
    with store.read() as connection:
        among = datasets.present(connection, dataset_id)
        if tag_id is not None:
            among = bitmaps.intersection(among, tags.members(connection, dataset_id, tag_id))
        return samples.list_page(connection, dataset_id, after, limit, among)


def problems(store: Store, dataset_id: str, after: str | None, limit: int) -> Page[Problem]:
    """Return a page of the files that were refused, by name."""
    with store.read() as connection:
        datasets.get(connection, dataset_id)
        return samples.problems(connection, dataset_id, after, limit)


def image(store: Store, dataset_id: str, position: int) -> tuple[bytes, str]:
    """Return the original file and its media type.

    Raises:
        NotFound: there is no such sample, or its file is gone or leads out of the root by now.
    """
    with store.read() as connection:
        sample = samples.get(connection, dataset_id, position)
        relative = samples.relative_path(connection, dataset_id, position)
        root_id = datasets.get(connection, dataset_id).root_id
    media_type = MEDIA_TYPES.get(sample.format, "application/octet-stream")
    if relative is None:
        return blobs.read(store.folder, sample.sha256), media_type
    if root_id is None:
        raise NotFound(f"The original of '{sample.file_name}' is not kept.")
    try:
        data = read_original(root_path(store, dataset_id), relative)
    except BadImage as error:
        raise NotFound(f"The original of '{sample.file_name}' cannot be read. {error.message}") from error
    return data, media_type


def thumbnail(store: Store, dataset_id: str, position: int) -> bytes:
    """Return the thumbnail, a JPEG of at most 512 pixels, or raise NotFound."""
    return thumbnails.read(store.folder, get(store, dataset_id, position).sha256)


def present(store: Store, dataset_id: str) -> bytes:
    """Return the bitset of all samples that are not deleted, of one bit for each position."""
    with store.read() as connection:
        size = datasets.get(connection, dataset_id).n_samples
        return bitmaps.bits(datasets.present(connection, dataset_id), size)


def small_thumbnails(store: Store, dataset_id: str, positions: Sequence[int], size: int) -> bytes:
    """Return an Arrow file {position u32, jpeg binary} of pictures whose longest side is at most `size`.

    Samples that are deleted or do not exist, and pictures that are gone, are left out.
    """
    with store.read() as connection:
        wanted = bitmaps.intersection(
            np.unique(np.array(positions, np.uint32)), datasets.present(connection, dataset_id)
        )
        rows = samples.columns(connection, dataset_id, wanted, "sha256")
    found: list[tuple[int, bytes]] = []
    for position, (sha256,) in zip(wanted.tolist(), rows, strict=True):
        try:
            found.append((position, smaller(thumbnails.read(store.folder, str(sha256)), size)))
        except (NotFound, BadImage):
            continue  # the doctor names them; a screen full of others is still worth showing
    table = pa.table(
        {
            "position": pa.array([position for position, _ in found], pa.uint32()),
            "jpeg": pa.array([jpeg for _, jpeg in found], pa.binary()),
        }
    )
    return arrays.to_bytes(table)


def annotate(store: Store, dataset_id: str, metadata: dict[str, dict[str, Json]]) -> int:
    """Add metadata to samples by file name, and return how many there are; all of it or nothing.

    Raises:
        Invalid: a name is not in the dataset.
    """
    with store.write() as connection:
        datasets.get(connection, dataset_id)
        found = samples.positions_of(connection, dataset_id, list(metadata))
        missing = sorted(set(metadata) - set(found))
        if missing:
            raise Invalid(
                f"{len(missing)} file names are not in this dataset, the first is '{missing[0]}'.",
                field="metadata",
            )
        for name, position in found.items():
            samples.annotate(connection, dataset_id, position, metadata[name])
        if found:
            events.add(connection, "samples.annotated", dataset_id, dataset_id)
        return len(found)


def delete(store: Store, dataset_id: str, positions: NDArray[np.integer]) -> int:
    """Delete samples, and return how many of the dataset are deleted now. Tags keep their members.

    Raises:
        Invalid: a position was never given.
    """
    with store.write() as connection:
        size = datasets.get(connection, dataset_id).n_samples
        wrong = positions[(positions < 0) | (positions >= size)]
        if len(wrong):
            raise Invalid(f"There is no sample {wrong[0]}; this dataset has {size}.", field="positions")
        return datasets.bury(connection, dataset_id, positions)


@dataclass(frozen=True)
class Original:
    """The file of a sample, by its path below a folder; one that is kept by its SHA-256 never changes."""

    file_name: str
    relative: bytes
    sha256: str
    is_kept: bool


def originals(store: Store, dataset_id: str) -> tuple[Path, list[Original]]:
    """Return where the files of all samples that are not deleted lie, by position, and the folder above them.

    That is the folder that the dataset reads in place, or the place where uploaded files are kept.

    Raises:
        NotFound: there is no such dataset, or the folder that it reads is gone.
    """
    with store.read() as connection:
        dataset = datasets.get(connection, dataset_id)
        present = datasets.present(connection, dataset_id)
        rows = samples.columns(connection, dataset_id, present, "file_name", "sha256", "relative_path")
    is_kept = dataset.root_id is None
    folder = store.folder.path if is_kept else root_path(store, dataset_id)
    found: list[Original] = []
    for name, sha256, path in rows:
        blob = store.folder.blob(str(sha256)).relative_to(store.folder.path)
        relative = os.fsencode(blob) if is_kept else path
        assert isinstance(relative, bytes)
        found.append(Original(str(name), relative, str(sha256), is_kept))
    return folder, found


def root_path(store: Store, dataset_id: str) -> Path:
    """Return the folder whose images the dataset reads in place.

    Raises:
        Invalid: the dataset has no root.
        NotFound: its folder below the root is gone, or leads out of it by now.
    """
    with store.read() as connection:
        dataset = datasets.get(connection, dataset_id)
        if dataset.root_id is None:
            raise Invalid(f"The dataset '{dataset.name}' reads no folder in place.", field="dataset_id")
        root = roots.path_of(connection, dataset.root_id)
    return root if dataset.folder is None else folder_below(root, dataset.folder)
