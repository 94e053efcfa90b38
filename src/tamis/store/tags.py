"""Tags: immutable bitmaps with a parent, a recipe and a digest. Nothing here changes a tag's members."""

from dataclasses import dataclass

import numpy as np
import sqlalchemy as sa

from tamis.model.errors import Conflict, NotFound
from tamis.model.ids import new_id, now
from tamis.model.noun import Page
from tamis.model.recipe import Recipe
from tamis.model.tag import Tag
from tamis.store import bitmaps, datasets, events
from tamis.store.database import changes_unique, insert_new
from tamis.store.pages import page
from tamis.store.schema import selection, tag


@dataclass(frozen=True)
class NewTag:
    """All that a tag is made of."""

    name: str
    parent_id: str | None
    members: bitmaps.Positions
    recipe: Recipe
    digest: str
    selection_id: str | None = None


def insert(connection: sa.Connection, dataset_id: str, new: NewTag) -> Tag:
    """Keep a tag; raise Conflict when its name is taken."""
    values = {
        "id": new_id(),
        "dataset_id": dataset_id,
        "parent_id": new.parent_id,
        "name": new.name,
        "members": bitmaps.pack(new.members),
        "n_members": len(new.members),
        "recipe": new.recipe.model_dump(mode="json"),
        "digest": new.digest,
        "selection_id": new.selection_id,
        "created_at": now(),
    }
    if not insert_new(connection, tag, values):
        raise Conflict(
            f"There is already a tag named '{new.name}' in this dataset. Choose another name.", field="name"
        )
    events.add(connection, "tag.created", dataset_id, str(values["id"]))
    return get(connection, dataset_id, str(values["id"]))


def rename(connection: sa.Connection, dataset_id: str, tag_id: str, name: str) -> None:
    """Give a tag another name; raise Conflict when it is taken."""
    if not changes_unique(connection, tag.update().where(tag.c.id == tag_id).values(name=name)):
        raise Conflict(
            f"There is already a tag named '{name}' in this dataset. Choose another name.", field="name"
        )
    events.add(connection, "tag.renamed", dataset_id, tag_id)


def dependents(connection: sa.Connection, dataset_id: str, tag_id: str) -> list[str]:
    """Return the names of the tags that were made within a tag, or chosen on top of it, oldest first."""
    chosen = sa.and_(tag.c.selection_id == selection.c.id, selection.c.preselected_tag_id == tag_id)
    query = (
        sa.select(tag.c.name)
        .select_from(tag.outerjoin(selection, chosen))
        .where(tag.c.dataset_id == dataset_id, sa.or_(tag.c.parent_id == tag_id, selection.c.id.is_not(None)))
        .order_by(tag.c.created_at, tag.c.id)
    )
    return list(connection.execute(query).scalars())


def remove(connection: sa.Connection, dataset_id: str, tag_id: str) -> None:
    """Remove a tag without dependents, and the selections made within it or on top of it."""
    connection.execute(
        selection.delete().where(
            sa.or_(selection.c.tag_id == tag_id, selection.c.preselected_tag_id == tag_id)
        )
    )
    connection.execute(tag.delete().where(tag.c.id == tag_id))
    events.add(connection, "tag.removed", dataset_id, tag_id)


def get(connection: sa.Connection, dataset_id: str, tag_id: str) -> Tag:
    """Return a tag of this dataset, or raise NotFound."""
    return _tag(_row(connection, dataset_id, tag_id), datasets.deleted(connection, dataset_id))


def by_name(connection: sa.Connection, dataset_id: str, name: str) -> Tag | None:
    """Return the tag of this name, if there is one."""
    query = sa.select(tag).where(tag.c.dataset_id == dataset_id, tag.c.name == name)
    row = connection.execute(query).mappings().first()
    return None if row is None else _tag(row, datasets.deleted(connection, dataset_id))


def newest_upload(connection: sa.Connection, dataset_id: str) -> Tag | None:
    """Return the tag that the last upload made, if one has been completed."""
    # Without the members: the sets of positions of all tags may be large.
    query = sa.select(tag.c.id, tag.c.recipe).where(tag.c.dataset_id == dataset_id)
    newest_first = query.order_by(tag.c.created_at.desc(), tag.c.id.desc())
    for tag_id, recipe in connection.execute(newest_first):
        if recipe["kind"] in ("initial", "upload"):
            return get(connection, dataset_id, tag_id)
    return None


def list_page(
    connection: sa.Connection, dataset_id: str, after: str | None, limit: int, name: str | None = None
) -> Page[Tag]:
    """Return a page of tags, oldest first; only the one of this name, where it is given."""
    gone = datasets.deleted(connection, dataset_id)
    query = sa.select(tag).where(tag.c.dataset_id == dataset_id)
    if name is not None:
        query = query.where(tag.c.name == name)
    return page(connection, query, tag.c.id, after, limit, lambda row: _tag(row, gone))


def members(connection: sa.Connection, dataset_id: str, tag_id: str) -> bitmaps.Positions:
    """Return all positions that the tag froze, deleted ones too."""
    return bitmaps.unpack(_row(connection, dataset_id, tag_id)["members"])


def selection_of(connection: sa.Connection, dataset_id: str, tag_id: str) -> str | None:
    """Return the id of the selection that the tag was saved from, if any."""
    selection_id: str | None = _row(connection, dataset_id, tag_id)["selection_id"]
    return selection_id


def _row(connection: sa.Connection, dataset_id: str, tag_id: str) -> sa.RowMapping:
    query = sa.select(tag).where(tag.c.dataset_id == dataset_id, tag.c.id == tag_id)
    row = connection.execute(query).mappings().first()
    if row is None:
        raise NotFound(f"There is no tag '{tag_id}' in this dataset.")
    return row


def _tag(row: sa.RowMapping, gone: bitmaps.Positions) -> Tag:
    lost = 0
    if len(gone):
        lost = int(np.isin(bitmaps.unpack(row["members"]), gone, assume_unique=True).sum())
    fields = {name: row[name] for name in Tag.model_fields if name != "n_deleted"}
    return Tag.model_validate({**fields, "n_deleted": lost})
