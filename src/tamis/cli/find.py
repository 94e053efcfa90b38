"""Finding a dataset, a tag, an embedding or an encoder by what the user calls it."""

import difflib
from typing import TYPE_CHECKING

from tamis.cli.output import Usage
from tamis.client import Client
from tamis.model.dataset import Dataset
from tamis.model.embedding import Embedding
from tamis.model.errors import NotFound
from tamis.model.tag import Tag

if TYPE_CHECKING:
    from tamis.cli.door import Door


def find_dataset(client: Client, wanted: str | None) -> Dataset:
    """Find a dataset by name or id; without either, the only one there is.

    Raises:
        NotFound: there is none, or none of this name.
        Usage: there are several, and none was named.
    """
    datasets = list(client.datasets())
    if wanted is None:
        if len(datasets) == 1:
            return datasets[0]
        if not datasets:
            raise NotFound("There is no dataset yet. 'tamis curate DIR --keep N' makes one.")
        raise Usage(
            f"There are several datasets; name one with --dataset: {_names(datasets)}.", field="dataset"
        )
    for dataset in datasets:
        if wanted in (dataset.name, dataset.id):
            return dataset
    raise _unknown("dataset", wanted, [dataset.name for dataset in datasets])


def find_tag(client: Client, dataset: Dataset, wanted: str) -> Tag:
    """Find a tag of a dataset by name, id or the beginning of its digest."""
    tags = list(client.tags(dataset.id))
    for tag in tags:
        if wanted in (tag.name, tag.id):
            return tag
    alike = [tag for tag in tags if len(wanted) >= 8 and tag.digest.startswith(wanted)]
    if alike:
        return alike[0]
    raise _unknown("tag", wanted, [tag.name for tag in tags])


def find_embedding(client: Client, dataset: Dataset, wanted: str) -> Embedding:
    """Find an embedding of a dataset by name, id or the beginning of its digest; of one name, the newest."""
    embeddings = list(client.embeddings(dataset.id))
    for embedding in reversed(embeddings):
        if wanted in (embedding.name, embedding.id):
            return embedding
    alike = [one for one in embeddings if len(wanted) >= 8 and one.digest.startswith(wanted)]
    if alike:
        return alike[0]
    raise _unknown("embedding", wanted, [embedding.name for embedding in embeddings])


def adopted(door: "Door", encoder: str) -> str:
    """Return the name under which jobs may open an encoder; weights in a file are copied to the data folder.

    Raises:
        Forbidden: the name stands for code.
        Invalid: there is no such file.
    """
    if ":" not in encoder:
        return encoder
    from tamis.services import encoders

    with door.store() as store:
        return encoders.adopt(store.folder, encoder)


def _unknown(noun: str, wanted: str, names: list[str]) -> NotFound:
    close = difflib.get_close_matches(wanted, names, n=1)
    hint = f" Did you mean '{close[0]}'?" if close else ""
    there = f" There are: {', '.join(names[:20])}." if names else " There are none yet."
    return NotFound(f"There is no {noun} '{wanted}'.{hint}{there}", field=noun)


def _names(datasets: list[Dataset]) -> str:
    return ", ".join(dataset.name for dataset in datasets[:20])
