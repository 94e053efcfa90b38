"""What comes after a greedy choice that ended: the farthest samples while more are wanted, then the rest."""

import numpy as np

from tamis.selection.base import Importance, Ordered, Positions, RankRequest


def completed(request: RankRequest, chosen: Positions, importance: Importance, left: Importance) -> Ordered:
    """Append to the `chosen` rows of `request.remaining` all others.

    While fewer are chosen than wanted, nothing is left to gain: the farthest sample comes next, as in
    coreset, with an importance of 0. Otherwise the order is by `left`, what each row would add now.
    """
    from tamis.selection.kernels.farthest import farthest_first  # loads numba

    rows, wanted, done = request.remaining, request.n_samples, len(chosen)
    unchosen = np.ones(len(rows), bool)
    unchosen[chosen] = False
    rest = np.flatnonzero(unchosen)
    if done < wanted:
        farthest = farthest_first(
            request.vectors[rows[rest]],
            wanted - done,
            kept=request.vectors[np.concatenate([request.preselected, rows[chosen]])],
            threads=request.threads,
            checkpoint=lambda more, _: request.checkpoint(done + more, wanted),
        )
        rest = rest[farthest.all_rows()[0]]
        worth = np.zeros(len(rest), np.float32)
    else:
        rest = rest[np.argsort(-left[rest], kind="stable")]
        worth = left[rest]
    order = rows[np.concatenate([chosen, rest])]
    return Ordered(order, np.concatenate([importance, worth]).astype(np.float32), wanted)
