"""Projections: which 2-D shadow of an embedding lies in which array."""

import sqlalchemy as sa

from tamis.model.errors import NotFound
from tamis.model.ids import new_id, now
from tamis.model.page import Page
from tamis.model.projection import Projection
from tamis.store import events
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
    known = find(connection, dataset_id, embedding_id, method, seed)
    if known is None:
        projection_id = new_id()
        connection.execute(
            projection.insert().values(
                id=projection_id,
                dataset_id=dataset_id,
                embedding_id=embedding_id,
                method=method,
                seed=seed,
                n_points=n_points,
                array=array,
                created_at=now(),
            )
        )
        events.add(connection, "projection.created", dataset_id, projection_id)
        return get(connection, dataset_id, projection_id)
    connection.execute(
        projection.update().where(projection.c.id == known.id).values(n_points=n_points, array=array)
    )
    events.add(connection, "projection.extended", dataset_id, known.id)
    return get(connection, dataset_id, known.id)


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
