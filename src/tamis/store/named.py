"""Which arrays and folders of vectors SQL names; all others are left over from a crash or a removal."""

from collections.abc import Iterator
from functools import partial

from tamis.store import datasets, embeddings, projections, selections
from tamis.store.database import Connection
from tamis.store.pages import everything


def arrays(connection: Connection, dataset_id: str) -> Iterator[tuple[str, str]]:
    """Yield (what it is for, digest) of each write-once array of a dataset."""
    for projection in everything(partial(projections.list_page, connection, dataset_id)):
        yield f"projection '{projection.method}'", projection.array
    for selection in everything(partial(selections.list_page, connection, dataset_id)):
        yield f"selection '{selection.id}'", selection.ranking
    for embedding in everything(partial(embeddings.list_page, connection, dataset_id)):
        basis = embeddings.state(connection, dataset_id, embedding.id).basis
        if basis is not None:
            yield f"embedding '{embedding.name}'", basis


def all_of(connection: Connection) -> set[str]:
    """Return the digests of all arrays and the ids of all embeddings that SQL knows."""
    names: set[str] = set()
    for dataset in everything(partial(datasets.list_page, connection)):
        names.update(digest for _, digest in arrays(connection, dataset.id))
        names.update(one.id for one in everything(partial(embeddings.list_page, connection, dataset.id)))
    return names
