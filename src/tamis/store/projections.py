"""Projections: which 2-D shadow of an embedding lies in which array."""

import sqlalchemy as sa

from tamis.model.errors import NotFound
from tamis.model.ids import new_id, now
from tamis.model.noun import Page
from tamis.model.projection import Projection
from tamis.store import events
from tamis.store.database import insert_new
from tamis.store.pages import page
from tamis.store.schema import projection


def put(
    connection: sa.Connection,
    dataset_id: str,
    embedding_id: str,
    method: str,
    seed: int,
    n_points: int,
    array: str,
) -> Projection:
    """Keep a projection; one of the same embedding, method and seed now names the new array."""
    made = {"embedding_id": embedding_id, "method": method, "seed": seed}
    content = {"n_points": n_points, "array": array}
    new = {"id": new_id(), "dataset_id": dataset_id, **made, **content, "created_at": now()}
    is_new = insert_new(connection, projection, new)
    here = sa.and_(*(projection.c[name] == value for name, value in made.items()))
    if not is_new:
        connection.execute(projection.update().where(here).values(**content))
    kept = Projection.model_validate(connection.execute(sa.select(projection).where(here)).mappings().one())
    events.add(connection, "projection.created" if is_new else "projection.extended", dataset_id, kept.id)
    return kept


def find(
    connection: sa.Connection, dataset_id: str, embedding_id: str, method: str, seed: int
) -> Projection | None:
    """Return the projection made in this way, if there is one."""
    query = sa.select(projection).where(
        projection.c.dataset_id == dataset_id,
        projection.c.embedding_id == embedding_id,
        projection.c.method == method,
        projection.c.seed == seed,
    )
    row = connection.execute(query).mappings().first()
    return None if row is None else Projection.model_validate(row)


def get(connection: sa.Connection, dataset_id: str, projection_id: str) -> Projection:
    """Return a projection of this dataset, or raise NotFound."""
    query = sa.select(projection).where(
        projection.c.dataset_id == dataset_id, projection.c.id == projection_id
    )
    row = connection.execute(query).mappings().first()
    if row is None:
        raise NotFound(f"There is no projection '{projection_id}' in this dataset.")
    return Projection.model_validate(row)


def list_page(connection: sa.Connection, dataset_id: str, after: str | None, limit: int) -> Page[Projection]:
    """Return a page of projections, oldest first."""
    query = sa.select(projection).where(projection.c.dataset_id == dataset_id)
    return page(connection, query, projection.c.id, after, limit, Projection.model_validate)
