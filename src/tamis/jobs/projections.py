"""Projecting: all vectors at once the first time, later only the new ones among the old."""

import numpy as np

from tamis.jobs.run import Run
from tamis.model.digest import Json
from tamis.model.machine import cores
from tamis.model.projection import ProjectionCreate
from tamis.projection import open_method
from tamis.services import embeddings, projections
from tamis.store import vectors

MOST_NEW = 1.0
"""Up to so many times the old, new samples are placed among the old, which do not move. Beyond that the
layout is made anew: few old points cannot tell where many new ones belong."""


def work(run: Run) -> dict[str, Json]:
    """Make or extend a projection, in one step."""
    return {"projection_id": run.step("project", _project, run)}


def _project(run: Run) -> str:
    wanted = ProjectionCreate.model_validate(run.arguments)
    run.report("project", 0, 100)
    version = embeddings.state(run.store, run.dataset_id, wanted.embedding_id).lance_version
    positions, matrix = vectors.read(run.store.folder, wanted.embedding_id, version)
    method = open_method(wanted.method)

    def progress(done: int, total: int) -> None:
        run.report("project", done, total)

    before = projections.find(run.store, run.dataset_id, wanted)
    if before is None:
        points = method.project(matrix, seed=wanted.seed, threads=cores(), progress=progress)
        return projections.put(run.store, run.dataset_id, wanted, positions, points).id
    known, placed, old_points = before
    new = ~np.isin(positions, placed)
    if not new.any():
        return known.id
    if new.sum() > MOST_NEW * len(placed):
        points = method.project(matrix, seed=wanted.seed, threads=cores(), progress=progress)
        return projections.put(run.store, run.dataset_id, wanted, positions, points).id
    new_points = method.extend(matrix[~new], old_points, matrix[new], seed=wanted.seed, progress=progress)
    points = np.empty((len(positions), 2), np.float32)
    points[~new], points[new] = old_points, new_points
    return projections.put(run.store, run.dataset_id, wanted, positions, points).id
