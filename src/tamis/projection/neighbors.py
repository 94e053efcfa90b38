"""Nearest neighbours, repeatable: found by matrix products, settled by plain distances in float64."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from tamis.projection.base import Vectors

Positions = NDArray[np.int64]
Distances = NDArray[np.float64]
Report = Callable[[float], None]
"""Called between blocks with the part done, 0 to 1; may raise to stop."""

BLOCK_BYTES = 16 << 20
SLACK = 8
"""Spare candidates, so that rounding in the matrix product does not decide who is a neighbour."""
EXACT_LIMIT = 20_000
PROBES = 24
ROUNDS = 4


def nearest(
    queries: Vectors,
    vectors: Vectors,
    k: int,
    *,
    own: Positions | None = None,
    report: Report = lambda part: None,
) -> tuple[Positions, Distances]:
    """Return positions and distances (m, k) of the nearest vectors, ordered by distance, then position.

    `own` gives the position of each query among the vectors, which then is no neighbour of itself.
    """
    n = len(vectors)
    wanted = min(n, k + (own is not None) + SLACK)
    positions = np.empty((len(queries), k), np.int64)
    distances = np.empty((len(queries), k), np.float64)
    q, v = _comparable(queries, vectors)
    squares = np.einsum("nd,nd->n", v, v)
    step = max(1, BLOCK_BYTES // (4 * n))
    for start in range(0, len(queries), step):
        report(start / len(queries))
        rows = slice(start, start + step)
        # |q - v|^2 = |q|^2 + |v|^2 - 2 qv, and |q|^2 changes no order: (b, n)
        rough = squares - 2 * (q[rows] @ v.T)
        chosen = np.sort(np.argpartition(rough, wanted - 1, axis=1)[:, :wanted], axis=1)  # (b, wanted)
        difference = vectors[chosen].astype(np.float64) - queries[rows, None]  # (b, wanted, d)
        exact = np.sqrt(np.einsum("bwd,bwd->bw", difference, difference))
        if own is not None:
            exact[chosen == own[rows, None]] = np.inf
        order = np.argsort(exact, axis=1, kind="stable")[:, :k]
        positions[rows] = np.take_along_axis(chosen, order, axis=1)
        distances[rows] = np.take_along_axis(exact, order, axis=1)
    return positions, distances


def nearest_of_all(vectors: Vectors, k: int, seed: int, report: Report) -> tuple[Positions, Distances]:
    """Return the k nearest others of every vector: exact up to `EXACT_LIMIT` vectors, nearly so above.

    Above it, vectors are sorted into about sqrt(n) cells (k-means), and a vector's neighbours are sought in
    the `PROBES` cells nearest to its own: 1.5 n^1.5 k-means and 24 n^1.5 other distances instead of n^2.
    """
    n = len(vectors)
    if n <= EXACT_LIMIT:
        return nearest(vectors, vectors, k, own=np.arange(n), report=report)
    centres, cells = _cells(vectors, seed, lambda part: report(0.2 * part))
    members = np.split(
        np.argsort(cells, kind="stable"), np.cumsum(np.bincount(cells, minlength=len(centres)))[:-1]
    )
    by_distance, _ = nearest(centres, centres, len(centres))
    sizes = np.array([len(cell) for cell in members])
    positions = np.empty((n, k), np.int64)
    distances = np.empty((n, k), np.float64)
    for cell, rows in enumerate(members):
        report(0.2 + 0.8 * cell / len(members))
        if not len(rows):
            continue
        enough = int(np.searchsorted(np.cumsum(sizes[by_distance[cell]]), k + 1 + SLACK)) + 1
        probed = by_distance[cell, : max(PROBES, enough)]
        candidates = np.sort(np.concatenate([members[other] for other in probed]))
        found, distances[rows] = nearest(
            vectors[rows], vectors[candidates], k, own=np.searchsorted(candidates, rows)
        )
        positions[rows] = candidates[found]
    return positions, distances


def _cells(vectors: Vectors, seed: int, report: Report) -> tuple[Vectors, Positions]:
    """A few rounds of k-means from vectors drawn by seed; an empty cell keeps its centre."""
    count = round(len(vectors) ** 0.5)
    drawn = np.random.default_rng(seed).choice(len(vectors), count, replace=False)
    centres = vectors[np.sort(drawn)]
    for round_ in range(ROUNDS):
        report(round_ / ROUNDS)
        cells = nearest(vectors, centres, 1)[0][:, 0]
        if round_ == ROUNDS - 1:
            break
        sizes = np.bincount(cells, minlength=count)
        order = np.argsort(cells, kind="stable")
        filled = np.flatnonzero(sizes)
        starts = (np.cumsum(sizes) - sizes)[filled]
        sums = np.add.reduceat(vectors[order].astype(np.float64), starts, axis=0)
        centres = centres.copy()
        centres[filled] = sums / sizes[filled, None]
    return centres, cells


def _comparable(queries: Vectors, vectors: Vectors) -> tuple[Vectors, Vectors]:
    """Shift and scale both to within 1, so that float32 products neither overflow nor cancel."""
    centre = vectors.mean(axis=0, dtype=np.float64)
    scale = max(float(np.abs(part - centre).max(initial=0.0)) for part in (queries, vectors)) or 1.0
    return ((queries - centre) / scale).astype(np.float32), ((vectors - centre) / scale).astype(np.float32)
