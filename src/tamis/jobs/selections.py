"""Selecting: rank a tag's samples, measure the ranking beside random draws, and keep both."""

from dataclasses import replace

import numpy as np

from tamis.jobs.run import Run
from tamis.model.digest import Json
from tamis.model.selection import CurvePoint
from tamis.selection import coverage, random_coverage, rank
from tamis.services import embeddings, selections
from tamis.services.selections import SelectionCreate
from tamis.store import vectors

CURVE_POINTS = 48


def work(run: Run) -> dict[str, Json]:
    """Rank and measure, in one step; what has been ranked before is found instead."""
    return {"selection_id": run.step("select", _select, run)}


def _select(run: Run) -> str:
    wanted = SelectionCreate.model_validate(run.arguments)
    run.report("select", 0, wanted.n_samples)
    pool, known = selections.pool(run.store, run.dataset_id, wanted)
    if known is not None:
        return known.id
    version = embeddings.state(run.store, run.dataset_id, wanted.embedding_id).lance_version
    positions, matrix = vectors.read(run.store.folder, wanted.embedding_id, version)
    candidates = np.searchsorted(positions, pool.candidates)
    preselected = np.searchsorted(positions, pool.preselected)
    ranking = rank(
        matrix,
        wanted.strategy,
        wanted.n_samples,
        preselected=preselected,
        candidates=candidates,
        seed=wanted.seed,
        progress=lambda done, total: run.report("select", done, total),
        cancelled=run.cancelled,
    )
    ks = _spread(wanted.n_samples)
    everything = np.union1d(candidates, preselected)
    ours = coverage(
        matrix, ranking.order, ks, preselected=preselected, candidates=everything, cancelled=run.cancelled
    )
    random = random_coverage(
        matrix, ks, preselected=preselected, candidates=everything, cancelled=run.cancelled
    )
    return selections.keep(
        run.store,
        run.dataset_id,
        wanted,
        pool,
        replace(ranking, order=positions[ranking.order].astype(np.int64)),
        [CurvePoint(k=k, radius=radius, mean=mean) for k, radius, mean in ours],
        [CurvePoint(k=k, radius=radius, mean=mean) for k, radius, mean in random],
    ).id


def _spread(most: int) -> list[int]:
    """Return up to CURVE_POINTS counts from 1 to `most`, evenly spaced on a log scale, ends included."""
    return [int(k) for k in np.unique(np.geomspace(1, most, CURVE_POINTS).round())]
