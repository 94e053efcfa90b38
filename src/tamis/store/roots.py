"""Roots: the folders whose images may be read in place."""

import os
from pathlib import Path

import sqlalchemy as sa

from tamis.model.dataset import Root
from tamis.model.errors import NotFound
from tamis.model.ids import new_id, now
from tamis.store.database import insert_new
from tamis.store.schema import root


def insert(connection: sa.Connection, path: Path) -> Root:
    """Allow a folder; one that is allowed already keeps its id."""
    spelled = os.fsencode(path)
    insert_new(connection, root, {"id": new_id(), "path": spelled, "created_at": now()})
    return _root(connection.execute(sa.select(root).where(root.c.path == spelled)).mappings().one())


def get(connection: sa.Connection, root_id: str) -> Root:
    """Return a root, or raise NotFound."""
    return _root(_row(connection, root_id))


def path_of(connection: sa.Connection, root_id: str) -> Path:
    """Return the folder, spelled exactly as the file system does."""
    return Path(os.fsdecode(_row(connection, root_id)["path"]))


def all_of(connection: sa.Connection) -> list[Root]:
    """Return all roots in the order in which they were allowed."""
    return [_root(row) for row in connection.execute(sa.select(root).order_by(root.c.id)).mappings()]


def _row(connection: sa.Connection, root_id: str) -> sa.RowMapping:
    row = connection.execute(sa.select(root).where(root.c.id == root_id)).mappings().first()
    if row is None:
        raise NotFound(f"There is no root '{root_id}'.")
    return row


def _root(row: sa.RowMapping) -> Root:
    path = row["path"].decode("utf-8", errors="backslashreplace")
    return Root(id=row["id"], path=path, created_at=row["created_at"])
