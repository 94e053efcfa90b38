"""Datasets: their names, their positions, and which positions are deleted."""

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from tamis.model.dataset import Dataset
from tamis.model.errors import Conflict, NotFound
from tamis.model.ids import new_id, now
from tamis.model.noun import Page
from tamis.store import bitmaps, events
from tamis.store.database import changes_unique, insert_new
from tamis.store.pages import page
from tamis.store.schema import dataset, event, problem, selection, tag


def insert(connection: sa.Connection, name: str, root_id: str | None, folder: str | None = None) -> str:
    """Make an empty dataset and return its id; raise Conflict when the name is taken."""
    values = {
        "id": new_id(),
        "name": name,
        "root_id": root_id,
        "folder": folder,
        "next_position": 0,
        "total_bytes": 0,
        "tombstones": bitmaps.EMPTY,
        "n_deleted": 0,
        "created_at": now(),
    }
    if not insert_new(connection, dataset, values):
        raise Conflict(f"There is already a dataset named '{name}'.", field="name")
    events.add(connection, "dataset.created", str(values["id"]), str(values["id"]))
    return str(values["id"])


def rename(connection: sa.Connection, dataset_id: str, name: str) -> None:
    """Give a dataset another name; raise Conflict when it is taken."""
    named = dataset.update().where(dataset.c.id == dataset_id).values(name=name)
    if not changes_unique(connection, named):
        raise Conflict(f"There is already a dataset named '{name}'.", field="name")
    events.add(connection, "dataset.renamed", dataset_id, dataset_id)


def get(connection: sa.Connection, dataset_id: str) -> Dataset:
    """Return a dataset, or raise NotFound."""
    row = connection.execute(_query().where(dataset.c.id == dataset_id)).mappings().first()
    if row is None:
        raise NotFound(f"There is no dataset '{dataset_id}'.")
    return _dataset(row)


def list_page(
    connection: sa.Connection, after: str | None, limit: int, root_id: str | None = None
) -> Page[Dataset]:
    """Return a page of datasets, oldest first; of one root only, where it is given."""
    query = _query() if root_id is None else _query().where(dataset.c.root_id == root_id)
    return page(connection, query, dataset.c.id, after, limit, _dataset)


def lock(connection: sa.Connection, dataset_id: str) -> Dataset:
    """Return a dataset, to which no other transaction adds samples before this one has ended."""
    connection.execute(sa.select(dataset.c.id).where(dataset.c.id == dataset_id).with_for_update())
    return get(connection, dataset_id)


def take_positions(connection: sa.Connection, dataset_id: str, count: int, size_bytes: int) -> int:
    """Hand out `count` positions, and return the first; the row lock makes them dense."""
    statement = (
        dataset.update()
        .where(dataset.c.id == dataset_id)
        .values(next_position=dataset.c.next_position + count, total_bytes=dataset.c.total_bytes + size_bytes)
        .returning(dataset.c.next_position)
    )
    end: int | None = connection.execute(statement).scalar()
    if end is None:
        raise NotFound(f"There is no dataset '{dataset_id}'.")
    return end - count


def deleted(connection: sa.Connection, dataset_id: str) -> bitmaps.Positions:
    """Return the positions of deleted samples."""
    data = connection.execute(sa.select(dataset.c.tombstones).where(dataset.c.id == dataset_id)).scalar()
    if data is None:
        raise NotFound(f"There is no dataset '{dataset_id}'.")
    return bitmaps.unpack(data)


def present(connection: sa.Connection, dataset_id: str) -> bitmaps.Positions:
    """Return the positions of all samples that are not deleted."""
    everything = np.arange(get(connection, dataset_id).n_samples, dtype=np.uint32)
    return bitmaps.difference(everything, deleted(connection, dataset_id))


def bury(connection: sa.Connection, dataset_id: str, positions: NDArray[np.integer]) -> int:
    """Mark samples as deleted, keeping their rows, and return how many are deleted now."""
    row = connection.execute(
        sa.select(dataset.c.tombstones).where(dataset.c.id == dataset_id).with_for_update()
    )
    buried = bitmaps.union(bitmaps.unpack(row.scalar_one()), positions.astype(np.uint32))
    connection.execute(
        dataset.update()
        .where(dataset.c.id == dataset_id)
        .values(tombstones=bitmaps.pack(buried), n_deleted=len(buried))
    )
    events.add(connection, "samples.deleted", dataset_id, dataset_id)
    return len(buried)


def remove(connection: sa.Connection, dataset_id: str) -> None:
    """Remove a dataset with all that SQL knows of it."""
    get(connection, dataset_id)
    connection.execute(selection.delete().where(selection.c.dataset_id == dataset_id))
    connection.execute(tag.update().where(tag.c.dataset_id == dataset_id).values(parent_id=None))
    connection.execute(dataset.delete().where(dataset.c.id == dataset_id))
    events.add(connection, "dataset.removed", dataset_id, dataset_id)


def _query() -> sa.Select[tuple[object, ...]]:
    problems = (
        sa.select(sa.func.count()).where(problem.c.dataset_id == dataset.c.id).scalar_subquery()
    ).label("n_problems")
    newest = sa.select(event.c.created_at).where(event.c.dataset_id == dataset.c.id)
    changed = newest.order_by(event.c.id.desc()).limit(1).scalar_subquery().label("changed_at")
    return sa.select(dataset, problems, changed)


def _dataset(row: sa.RowMapping) -> Dataset:
    return Dataset(
        id=row["id"],
        name=row["name"],
        root_id=row["root_id"],
        folder=row["folder"],
        n_samples=row["next_position"],
        n_deleted=row["n_deleted"],
        n_problems=row["n_problems"],
        total_bytes=row["total_bytes"],
        created_at=row["created_at"],
        changed_at=row["created_at"] if row["changed_at"] is None else row["changed_at"],
    )
