"""Made-up nouns for tests of the store and its rules."""

import hashlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tamis.model.dataset import DatasetCreate
from tamis.model.embedding import EncoderFacts
from tamis.model.image import ImageFacts, Measures
from tamis.services import datasets, embeddings, ingest, roots
from tamis.store import vectors
from tamis.store.samples import NewSample
from tamis.store.store import Store

JOB = "0" * 24


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def facts(content: bytes = b"", modified_ns: int = 1) -> ImageFacts:
    """What would be known of an image with this content."""
    return ImageFacts(
        sha256=sha256(content), size_bytes=len(content), modified_ns=modified_ns,
        width=40, height=30, format="JPEG", mode="RGB",
        measures=Measures(brightness=0.5, contrast=0.25, sharpness=10.0, signal_to_noise=2.0),
    )  # fmt: skip


def sample(name: str, content: bytes | None = None) -> NewSample:
    content = name.encode() if content is None else content
    return NewSample(name, name.encode(), facts(content))


def taken(relative: bytes, content: bytes | None = None) -> ingest.Taken:
    """A file that was read; its thumbnail is made up too."""
    content = relative if content is None else content
    return ingest.Taken(relative, facts(content), b"thumbnail of " + content)


def dataset_in_place(store: Store, folder: Path, name: str = "photos") -> str:
    """Make a dataset that reads this folder in place, and return its id."""
    folder.mkdir(exist_ok=True)
    return datasets.create(store, DatasetCreate(name=name, root_id=roots.allow(store, folder).id)).id


def dataset_of(store: Store, *names: str, name: str = "photos") -> str:
    """Make a dataset with one sample for each name, and return its id."""
    made = datasets.create(store, DatasetCreate(name=name)).id
    ingest.commit(store, made, JOB, [taken(one.encode()) for one in names], {})
    return made


ENCODER = EncoderFacts(name="made-up", dimension=5, weights="0" * 64, preprocessing={"size": 8})


def vectors_at(positions: list[int]) -> NDArray[np.float32]:
    """The made-up vectors of these positions, the same each time."""
    rows = [np.random.default_rng(position).standard_normal(5).astype(np.float32) for position in positions]
    return np.stack(rows) if rows else np.empty((0, 5), np.float32)


def part(store: Store, positions: list[int], number: int = 0) -> Path:
    """What a step leaves that has encoded these positions."""
    path = store.folder.work(JOB) / f"part-{number}.arrow"
    vectors.write_part(path, np.array(positions, np.uint32), vectors_at(positions))
    return path


def embedded(store: Store, dataset_id: str, *positions: int) -> str:
    """Give samples a vector each, and return the id of the embedding."""
    embedding_id = embeddings.open_full(store, dataset_id, ENCODER)
    embeddings.commit(store, dataset_id, embedding_id, [part(store, list(positions))])
    return embedding_id
