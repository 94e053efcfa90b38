"""Made-up nouns for tests of the store and its rules."""

import hashlib
from pathlib import Path

from tamis.model.dataset import DatasetCreate
from tamis.model.image import ImageFacts, Measures
from tamis.services import datasets, ingest, roots
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
