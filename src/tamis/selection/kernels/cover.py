"""Greedy maximum coverage by balls, with exact counts.

The pool is stood for by m landmarks. `gain[i]` is how many landmarks within reach of row i no kept sample
reaches. When a sample is kept, the landmarks that it newly reaches are compared with all rows, and each row
in reach of one loses it from its gain. A landmark is newly reached once, so a whole run compares each row
with each landmark twice, however many samples are kept, and remembers one number per row.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tamis.selection.kernels.neighbours import count_within, squared_distances, transposed, usual_distance
from tamis.selection.kernels.workers import Workers

Floats = NDArray[np.float32]
Positions = NDArray[np.int64]
Integers = NDArray[np.int32]
Checkpoint = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Found:
    """`order` and `gain` of the chosen rows, in landmarks; `left`: what each row would add now."""

    order: Positions
    gain: Integers
    left: Integers


def cover(
    vectors: Floats,
    landmarks: Floats,
    n_samples: int,
    *,
    radius: float | None,
    kept: Floats,
    threads: int = 1,
    checkpoint: Checkpoint = lambda done, total: None,
) -> Found:
    """Choose up to `n_samples` rows by gain, ties to the lowest row; stop when all landmarks are reached."""
    n, done = len(vectors), 0
    order, gains = np.empty(n_samples, np.int64), np.empty(n_samples, np.int32)
    flat = transposed(landmarks)
    with Workers(threads) as workers:

        def check() -> None:
            checkpoint(done, n_samples)

        reach = usual_distance(landmarks, workers, check) if radius is None else radius
        limit = min(reach, 1e18) ** 2
        open_ = np.ones(len(landmarks), bool)
        for number, vector in enumerate(kept):
            if number % 256 == 0:
                check()
            open_ &= squared_distances(vector, flat) > np.float32(limit)
        gain = np.zeros(n, np.int32)
        count_within(vectors, transposed(landmarks[open_]), limit, gain, workers, check)
        while done < n_samples:
            best = int(gain.argmax())
            if gain[best] <= 0:
                break
            order[done], gains[done] = best, gain[best]
            done += 1
            reached = open_ & (squared_distances(vectors[best], flat) <= np.float32(limit))
            open_ &= ~reached
            loss = np.zeros(n, np.int32)
            count_within(vectors, transposed(landmarks[reached]), limit, loss, workers, check)
            gain -= loss
            gain[best] = 0
    gain[order[:done]] = 0
    return Found(order[:done], gains[:done], np.maximum(gain, 0))
