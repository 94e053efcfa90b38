"""Uploads: what they have brought so far, and whether they are closed."""

import sqlalchemy as sa

from tamis.model.errors import NotFound
from tamis.model.ids import new_id, now
from tamis.model.noun import Page
from tamis.model.upload import Upload
from tamis.store import events
from tamis.store.pages import page
from tamis.store.schema import problem, upload


def insert(connection: sa.Connection, dataset_id: str) -> Upload:
    """Open an upload."""
    values: dict[str, object] = {
        "id": new_id(),
        "dataset_id": dataset_id,
        "n_added": 0,
        "n_existing": 0,
        "created_at": now(),
    }
    connection.execute(upload.insert().values(values))
    events.add(connection, "upload.opened", dataset_id, str(values["id"]))
    return get(connection, dataset_id, str(values["id"]))


def get(connection: sa.Connection, dataset_id: str, upload_id: str) -> Upload:
    """Return an upload of this dataset, or raise NotFound."""
    row = connection.execute(_query(dataset_id).where(upload.c.id == upload_id)).mappings().first()
    if row is None:
        raise NotFound(f"There is no upload '{upload_id}' in this dataset.")
    return _upload(row)


def list_page(connection: sa.Connection, dataset_id: str, after: str | None, limit: int) -> Page[Upload]:
    """Return a page of uploads, oldest first."""
    return page(connection, _query(dataset_id), upload.c.id, after, limit, _upload)


def count(connection: sa.Connection, upload_id: str, *, added: int = 0, existing: int = 0) -> None:
    """Add to an upload's counts."""
    connection.execute(
        upload.update()
        .where(upload.c.id == upload_id)
        .values(n_added=upload.c.n_added + added, n_existing=upload.c.n_existing + existing)
    )


def close(connection: sa.Connection, dataset_id: str, upload_id: str) -> None:
    """Close an upload that is open."""
    closed = connection.execute(
        upload.update().where(upload.c.id == upload_id, upload.c.closed_at.is_(None)).values(closed_at=now())
    )
    if closed.rowcount:
        events.add(connection, "upload.closed", dataset_id, upload_id)


def set_tag(connection: sa.Connection, upload_id: str, tag_id: str) -> None:
    """Remember the tag that a closed upload made."""
    connection.execute(upload.update().where(upload.c.id == upload_id).values(tag_id=tag_id))


def tag_of(connection: sa.Connection, upload_id: str) -> str | None:
    """Return the id of the tag that a closed upload made, if any."""
    tag_id: str | None = connection.execute(
        sa.select(upload.c.tag_id).where(upload.c.id == upload_id)
    ).scalar()
    return tag_id


def _query(dataset_id: str) -> sa.Select[tuple[object, ...]]:
    of_upload = (problem.c.dataset_id == upload.c.dataset_id) & (problem.c.job_id == upload.c.id)
    refused = sa.select(sa.func.count()).where(of_upload).scalar_subquery().label("n_refused")
    return sa.select(upload, refused).where(upload.c.dataset_id == dataset_id)


def _upload(row: sa.RowMapping) -> Upload:
    state = "open" if row["closed_at"] is None else "closed"
    fields = {name: row[name] for name in Upload.model_fields if name != "state"}
    return Upload.model_validate({**fields, "state": state})
