"""Selections: one row for each run of a strategy; its ranking lies in a write-once array."""

import sqlalchemy as sa

from tamis.model.errors import NotFound
from tamis.model.noun import Page
from tamis.model.selection import Selection
from tamis.store import events
from tamis.store.database import insert_new
from tamis.store.pages import page
from tamis.store.schema import selection


def insert(connection: sa.Connection, new: Selection, digest: str) -> Selection:
    """Keep a selection; the same work done before is returned instead."""
    if insert_new(connection, selection, {**new.model_dump(mode="json"), "digest": digest}):
        events.add(connection, "selection.created", new.dataset_id, new.id)
    return _selection(connection.execute(_made_from(new.dataset_id, digest)).mappings().one())


def find(connection: sa.Connection, dataset_id: str, digest: str) -> Selection | None:
    """Return the selection that was made from exactly these inputs, if there is one."""
    row = connection.execute(_made_from(dataset_id, digest)).mappings().first()
    return None if row is None else _selection(row)


def get(connection: sa.Connection, dataset_id: str, selection_id: str) -> Selection:
    """Return a selection of this dataset, or raise NotFound."""
    query = sa.select(selection).where(selection.c.dataset_id == dataset_id, selection.c.id == selection_id)
    row = connection.execute(query).mappings().first()
    if row is None:
        raise NotFound(f"There is no selection '{selection_id}' in this dataset.")
    return _selection(row)


def find_by_id(connection: sa.Connection, selection_id: str) -> Selection | None:
    """Return a selection of whatever dataset, if it is still there."""
    row = connection.execute(sa.select(selection).where(selection.c.id == selection_id)).mappings().first()
    return None if row is None else _selection(row)


def made_with(connection: sa.Connection, dataset_id: str, embedding_id: str) -> str | None:
    """Return the id of a selection that was made with this embedding, if there is one."""
    query = sa.select(selection.c.id).where(
        selection.c.dataset_id == dataset_id, selection.c.embedding_id == embedding_id
    )
    found: str | None = connection.execute(query.order_by(selection.c.id).limit(1)).scalar()
    return found


def list_page(connection: sa.Connection, dataset_id: str, after: str | None, limit: int) -> Page[Selection]:
    """Return a page of selections, oldest first."""
    query = sa.select(selection).where(selection.c.dataset_id == dataset_id)
    return page(connection, query, selection.c.id, after, limit, _selection)


def _made_from(dataset_id: str, digest: str) -> sa.Select[tuple[object, ...]]:
    return sa.select(selection).where(selection.c.dataset_id == dataset_id, selection.c.digest == digest)


def _selection(row: sa.RowMapping) -> Selection:
    return Selection.model_validate({name: row[name] for name in Selection.model_fields})
