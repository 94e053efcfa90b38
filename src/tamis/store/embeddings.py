"""Embeddings: which vectors a dataset has, whom they cover, and which Lance version holds them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa

from tamis.model.embedding import Embedding, EncoderFacts
from tamis.model.errors import Conflict, NotFound
from tamis.model.ids import new_id, now
from tamis.model.noun import Page
from tamis.store import bitmaps, events
from tamis.store.database import insert_new
from tamis.store.pages import page
from tamis.store.schema import embedding


@dataclass(frozen=True)
class NewEmbedding:
    """All that is known of an embedding before its first vector."""

    name: str
    kind: str
    parent_id: str | None
    encoder: EncoderFacts
    dimension: int
    digest: str
    basis: str | None = None
    versions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class State:
    """What a writer compares and swaps: the covered positions and the Lance version that holds them."""

    covered: bitmaps.Positions
    lance_version: int | None
    basis: str | None


def find_or_insert(connection: sa.Connection, dataset_id: str, new: NewEmbedding) -> str:
    """Return the id of the embedding with this digest; make it, still empty, when there is none."""
    values = {
        "id": new_id(),
        "dataset_id": dataset_id,
        "name": new.name,
        "kind": new.kind,
        "parent_id": new.parent_id,
        "encoder": new.encoder.model_dump(mode="json"),
        "dimension": new.dimension,
        "covered": bitmaps.EMPTY,
        "n_covered": 0,
        "digest": new.digest,
        "basis": new.basis,
        "lance_version": None,
        "versions": dict(new.versions),
        "created_at": now(),
    }
    if insert_new(connection, embedding, values):
        events.add(connection, "embedding.created", dataset_id, str(values["id"]))
    query = sa.select(embedding.c.id).where(
        embedding.c.dataset_id == dataset_id, embedding.c.digest == new.digest
    )
    return str(connection.execute(query).scalar_one())


def get(connection: sa.Connection, dataset_id: str, embedding_id: str) -> Embedding:
    """Return an embedding of this dataset, or raise NotFound."""
    return _embedding(_row(connection, dataset_id, embedding_id))


def list_page(connection: sa.Connection, dataset_id: str, after: str | None, limit: int) -> Page[Embedding]:
    """Return a page of embeddings, oldest first."""
    query = sa.select(embedding).where(embedding.c.dataset_id == dataset_id)
    return page(connection, query, embedding.c.id, after, limit, _embedding)


def child(connection: sa.Connection, dataset_id: str, parent_id: str, dimension: int) -> Embedding | None:
    """Return the oldest reduced embedding of this dimension made from `parent_id`, if any."""
    query = (
        sa.select(embedding)
        .where(
            embedding.c.dataset_id == dataset_id,
            embedding.c.parent_id == parent_id,
            embedding.c.dimension == dimension,
        )
        .order_by(embedding.c.id)
    )
    row = connection.execute(query).mappings().first()
    return None if row is None else _embedding(row)


def children(connection: sa.Connection, dataset_id: str, parent_id: str) -> list[Embedding]:
    """Return the reduced embeddings made from `parent_id`, oldest first."""
    query = sa.select(embedding).where(
        embedding.c.dataset_id == dataset_id, embedding.c.parent_id == parent_id
    )
    return [_embedding(row) for row in connection.execute(query.order_by(embedding.c.id)).mappings()]


def remove(connection: sa.Connection, dataset_id: str, embedding_id: str) -> None:
    """Remove an embedding with its children and all projections of them."""
    connection.execute(
        embedding.delete().where(embedding.c.dataset_id == dataset_id, embedding.c.id == embedding_id)
    )
    events.add(connection, "embedding.removed", dataset_id, embedding_id)


def state(connection: sa.Connection, dataset_id: str, embedding_id: str) -> State:
    """Return what is covered, by which Lance version, and the digest of the frozen basis, if any."""
    row = _row(connection, dataset_id, embedding_id)
    return State(bitmaps.unpack(row["covered"]), row["lance_version"], row["basis"])


def commit(
    connection: sa.Connection,
    dataset_id: str,
    embedding_id: str,
    before: State,
    new: bitmaps.Positions,
    version: int,
) -> None:
    """Make a new Lance version the true one; raise Conflict when another writer was faster."""
    covered = bitmaps.union(before.covered, new)
    same = (
        embedding.c.lance_version.is_(None)
        if before.lance_version is None
        else embedding.c.lance_version == before.lance_version
    )
    changed = connection.execute(
        embedding.update()
        .where(embedding.c.id == embedding_id, same)
        .values(covered=bitmaps.pack(covered), n_covered=len(covered), lance_version=version)
    )
    if changed.rowcount != 1:
        raise Conflict(f"Another job has extended the embedding '{embedding_id}' at the same time.")
    events.add(connection, "embedding.extended", dataset_id, embedding_id)


def _row(connection: sa.Connection, dataset_id: str, embedding_id: str) -> sa.RowMapping:
    query = sa.select(embedding).where(embedding.c.dataset_id == dataset_id, embedding.c.id == embedding_id)
    row = connection.execute(query).mappings().first()
    if row is None:
        raise NotFound(f"There is no embedding '{embedding_id}' in this dataset.")
    return row


def _embedding(row: sa.RowMapping) -> Embedding:
    return Embedding.model_validate({name: row[name] for name in Embedding.model_fields})
