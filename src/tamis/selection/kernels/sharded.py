"""The two loops of farthest-first over shards: catching rows up in a worker, choosing in the driver.

`bound[i]` is an upper bound of the squared distance from row i to its nearest centre, `seen[i]` how many of
the centres it was compared with; see `kernels/farthest.py` for why so few pairs are needed.
"""

import numpy as np
from numpy.typing import NDArray

from tamis.compiling.kernel import kernel

Floats = NDArray[np.float32]
Integers = NDArray[np.int32]
Positions = NDArray[np.int64]


@kernel
def _distance(a: Floats, i: int, b: Floats, j: int) -> np.float32:
    total = np.float32(0)
    for t in range(a.shape[1]):
        difference = a[i, t] - b[j, t]
        total += difference * difference
    return total


@kernel
def catch_up(vectors: Floats, centres: Floats, bound: Floats, seen: Integers, threshold: np.float32) -> int:
    """Compare rows above the threshold with the centres they missed, each until it falls to the threshold.

    `bound` and `seen` are changed in place, the bound first: a row that is compared twice keeps its value, so
    a worker that was killed in between starts again without harm. Returns the number of pairs computed.
    """
    pairs = 0
    for i in range(len(bound)):
        value = bound[i]
        c = seen[i]
        while c < len(centres) and value > threshold:
            value = min(value, _distance(vectors, i, centres, c))
            c += 1
        pairs += c - seen[i]
        bound[i] = value
        seen[i] = c
    return pairs


@kernel
def choose(
    vectors: Floats, bound: Floats, seen: Integers, threshold: np.float32, chosen: Positions, radius: Floats
) -> int:
    """Choose active rows, each the farthest, until `chosen` is full or none is above the threshold.

    `bound` and `seen` are changed in place. Returns how many were chosen; every tie goes to the first row.
    """
    count = 0
    while count < len(chosen):
        best = int(bound.argmax())
        if bound[best] <= threshold:
            break
        chosen[count] = best
        radius[count] = bound[best]
        count += 1
        for i in range(len(bound)):
            if bound[i] > threshold:  # what has fallen below is settled for this round
                bound[i] = min(bound[i], _distance(vectors, i, vectors, best))
                seen[i] += 1
    return count
