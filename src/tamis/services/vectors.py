"""Vectors that people bring along: checked, kept as an embedding of their own, and added to in parts."""

from tamis.model.embedding import Embedding
from tamis.model.errors import Unavailable
from tamis.store.store import Store


def add(store: Store, dataset_id: str, name: str, body: bytes) -> Embedding:
    """Add the vectors of an Arrow file to the embedding of this name, and make it where there is none."""
    raise Unavailable("Vectors cannot be uploaded yet.")
