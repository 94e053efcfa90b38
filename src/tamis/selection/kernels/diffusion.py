"""Facility location on a graph: alike is what many short steps connect.

1. Join each sample with its nearest ones. An edge weighs w_ij = exp(-d_ij^2 / (r_i r_j)), r being the
   distance to the 7th of them: Zelnik-Manor and Perona, Self-Tuning Spectral Clustering, NIPS 2004.
2. S = D^-1/2 W D^-1/2 with the degrees D, and K = (I - a S)^-1: how far what is known at one sample spreads
   to others, in Zhou et al., Learning with Local and Global Consistency, NIPS 2003, whose a = 0.99 is ours.
3. The similarity of i and j is K_ij / sqrt(K_ii K_jj). Choose greedily what adds most to the sum over all
   samples of the similarity to the most similar chosen one.
"""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from tamis.compiling.kernel import kernel
from tamis.selection.kernels.neighbours import nearest_neighbours, transposed
from tamis.selection.kernels.workers import VALUES_A_CHUNK, Workers

Floats = NDArray[np.float32]
Positions = NDArray[np.int64]
Check = Callable[[], None]

SPREAD = 0.99
"""a: the share that goes on with each step."""
REACH = 7
"""The neighbour that tells how far apart samples are in a place."""
TOLERANCE = 1e-6
"""The relative error at which the iteration for K ends."""
LANES = 64
"""Columns of K that are solved at once, so that each edge is read once for all of them."""
_SMALLEST_REACH, _LARGEST_REACH = 1e-30, 1e100


def diffused(vectors: Floats, neighbours: int, workers: Workers, check: Check) -> Floats:
    """Return the similarities (m, m) of all samples (m, d) by diffusion; 1 for a sample and itself."""
    m = len(vectors)
    begin, ends, shares = _graph(vectors, neighbours, workers, check)
    similar, factors = np.empty((m, m), np.float32), _factors()
    at_once = 2 * max(1, VALUES_A_CHUNK // (2 * LANES * max(1, len(ends))))  # even: see _spread
    state = np.empty((workers.threads, 2, m, LANES), np.float32)
    for first in range(0, m, workers.threads * LANES):
        columns = range(first, min(m, first + workers.threads * LANES), LANES)
        state[:] = 0
        for start in range(0, len(factors), at_once):
            some = factors[start : start + at_once]

            def block(place: int, _: int, some: Floats = some, columns: range = columns) -> None:
                _spread(begin, ends, shares, some, state[place, 0], state[place, 1], columns[place])

            check()
            workers.over(block, [(place, place + 1) for place in range(len(columns))])
        for place, column in enumerate(columns):  # K is symmetric, so columns are written as rows
            similar[column : column + LANES] = state[place, 0].T[: m - column]
    root = np.sqrt(similar.diagonal())
    similar /= root
    similar /= root[:, None]
    return similar


def cover_most(
    similar: Floats, n_samples: int, taken: NDArray[np.bool_], workers: Workers, check: Callable[[int], None]
) -> tuple[Positions, Floats, Floats]:
    """Choose rows by what they add to the sum of the largest similarities; ties go to the lowest row.

    `taken` rows count as chosen before. Returns the rows, what each added, and what every row would add now.
    """
    cover = similar[taken].max(axis=0, initial=0)
    bound, fresh = np.full(len(similar), np.inf, np.float32), np.full(len(similar), -1)
    bound[taken] = 0
    order, gain = np.empty(n_samples, np.int64), np.zeros(n_samples, np.float32)
    budget = max(1, VALUES_A_CHUNK // similar.shape[1])
    done, ended = 0, False
    while not ended:
        check(done)
        done, ended = workers.call(_choose, similar, cover, bound, fresh, order, gain, done, budget)
    check(done)
    workers.call(_refresh, similar, cover, bound)
    bound[order[:done]] = 0
    return order[:done], gain[:done], bound


def _graph(
    vectors: Floats, neighbours: int, workers: Workers, check: Check
) -> tuple[Positions, Positions, Floats]:
    """Return where the edges of each sample begin, where they end, and their shares S, both ways."""
    m = len(vectors)
    near, squared = nearest_neighbours(
        vectors, transposed(vectors), np.arange(m), max(1, min(neighbours, m - 1)), workers, check
    )
    reach = np.sqrt(squared[:, :REACH][:, -1], dtype=np.float64).clip(_SMALLEST_REACH, _LARGEST_REACH)
    starts, ends = np.repeat(np.arange(m), near.shape[1]), near.ravel().astype(np.int64)
    weights = np.exp(-squared.ravel() / (reach[starts] * reach[ends]))
    starts, ends, weights = starts[weights > 0], ends[weights > 0], weights[weights > 0]
    keys, first = np.unique(np.concatenate([starts * m + ends, ends * m + starts]), return_index=True)
    starts, ends = np.divmod(keys, m)
    weights = np.concatenate([weights, weights])[first]
    degree = np.bincount(starts, weights, m)
    shares = weights / np.sqrt(degree[starts] * degree[ends])
    return np.searchsorted(starts, np.arange(m + 1)), ends, shares.astype(np.float32)


def _factors() -> Floats:
    """Return the factor of each step of Chebyshev's iteration, after Golub and Varga (1961)."""
    rate = (1 - math.sqrt(1 - SPREAD**2)) / SPREAD
    steps = math.ceil(math.log(TOLERANCE / 2) / math.log(rate) / 2) * 2
    factors = [1.0, 1 / (1 - SPREAD**2 / 2)]
    while len(factors) < steps:
        factors.append(1 / (1 - SPREAD**2 * factors[-1] / 4))
    return np.array(factors, np.float32)


@kernel
def _spread(
    begin: Positions,
    ends: Positions,
    shares: Floats,
    factors: Floats,
    now: Floats,
    before: Floats,
    column: int,
) -> None:
    """Go on with (I - a S) K = I from a column on. The states take turns: two steps, and all is in place."""
    spread = np.float32(SPREAD)
    total = np.empty(LANES, np.float32)
    for factor in factors:
        for i in range(len(now)):
            total[:] = 0
            for edge in range(begin[i], begin[i + 1]):
                share, other = shares[edge], ends[edge]
                for lane in range(LANES):
                    total[lane] += share * now[other, lane]
            for lane in range(LANES):
                before[i, lane] += factor * (spread * total[lane] - before[i, lane])
            if column <= i < column + LANES:
                before[i, i - column] += factor
        now, before = before, now


# As in herding.py: a kernel may call only kernels of its own file.
@kernel
def _gain(row: Floats, cover: Floats) -> np.float32:
    total = np.float32(0)
    for j in range(row.size):
        total += max(row[j] - cover[j], np.float32(0))
    return total


@kernel
def _refresh(similar: Floats, cover: Floats, bound: Floats) -> None:
    for i in range(len(similar)):
        bound[i] = min(bound[i], _gain(similar[i], cover))


@kernel
def _choose(
    similar: Floats,
    cover: Floats,
    bound: Floats,
    fresh: Positions,
    order: Positions,
    gain: Floats,
    done: int,
    budget: int,
) -> tuple[int, bool]:
    """Choose until the budget of looks is spent; the second value tells whether nothing is left to do.

    `cover` only rises, so a gain once computed is an upper bound: the row of the highest bound is chosen when
    that is fresh, and looked at again when it is not.
    """
    while done < order.size:
        if budget == 0:
            return done, False
        budget -= 1
        best = np.argmax(bound)
        if bound[best] <= 0:
            break
        if fresh[best] < done:
            bound[best], fresh[best] = min(bound[best], _gain(similar[best], cover)), done
            continue
        order[done], gain[done] = best, bound[best]
        for j in range(cover.size):
            cover[j] = max(cover[j], similar[best, j])
        bound[best] = 0
        done += 1
    return done, True
