"""Projections: asked for by embedding and method, kept as an array with one row for each position."""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tamis.model.errors import Invalid
from tamis.model.job import Job
from tamis.model.noun import Page
from tamis.model.projection import Projection, ProjectionCreate
from tamis.projection import method_names
from tamis.queue.outbox import submit
from tamis.store import arrays, bitmaps, datasets, embeddings, projections
from tamis.store.store import Store


def create(store: Store, dataset_id: str, new: ProjectionCreate) -> Job:
    """Ask for a projection, or for the samples that are new since it was made to be placed in it.

    Raises:
        Invalid: there is no such method.
        NotFound: there is no such embedding.
    """
    if new.method not in method_names():
        raise Invalid(
            f"There is no projection method '{new.method}'. There are: {', '.join(method_names())}.",
            field="method",
        )
    with store.write() as connection:
        embeddings.get(connection, dataset_id, new.embedding_id)
        return submit(connection, "project", dataset_id, new.model_dump(mode="json"))


def get(store: Store, dataset_id: str, projection_id: str) -> Projection:
    """Return a projection, or raise NotFound."""
    with store.read() as connection:
        return projections.get(connection, dataset_id, projection_id)


def list_page(store: Store, dataset_id: str, after: str | None, limit: int) -> Page[Projection]:
    """Return a page of projections, oldest first."""
    with store.read() as connection:
        datasets.get(connection, dataset_id)
        return projections.list_page(connection, dataset_id, after, limit)


def points(store: Store, dataset_id: str, projection_id: str) -> bytes:
    """Return the Arrow file {x f32, y f32}: row = position, NaN where a sample has no vector."""
    return arrays.read_bytes(store.folder, get(store, dataset_id, projection_id).array)


def find(
    store: Store, dataset_id: str, wanted: ProjectionCreate
) -> tuple[Projection, bitmaps.Positions, NDArray[np.float32]] | None:
    """Return the projection made in this way, the positions it places, and where (n, 2)."""
    with store.read() as connection:
        known = projections.find(connection, dataset_id, wanted.embedding_id, wanted.method, wanted.seed)
    if known is None:
        return None
    table = arrays.read(store.folder, known.array)
    all_points = np.column_stack([table.column("x").to_numpy(), table.column("y").to_numpy()])
    placed = np.flatnonzero(~np.isnan(all_points[:, 0])).astype(np.uint32)
    return known, placed, all_points[placed]


def put(
    store: Store,
    dataset_id: str,
    made: ProjectionCreate,
    positions: bitmaps.Positions,
    placed: NDArray[np.float32],
) -> Projection:
    """Keep the points (n, 2) of these positions; a projection made in the same way now names them."""
    with store.read() as connection:
        size = datasets.get(connection, dataset_id).n_samples
    rows = np.full((size, 2), np.nan, np.float32)
    rows[positions] = placed
    table = pa.table({"x": pa.array(rows[:, 0]), "y": pa.array(rows[:, 1])})
    digest = arrays.write(store.folder, table)
    with store.write() as connection:
        return projections.put(
            connection, dataset_id, made.embedding_id, made.method, made.seed, len(positions), digest
        )
