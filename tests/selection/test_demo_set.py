"""On the demo set: coreset's covering radius against random draws, by arithmetic of our own."""

import os
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from demo import emoji
from demo.fetch import EMOJI, fetch_npm
from tamis.encoders import open_encoder
from tamis.images.batch import read_batch
from tamis.images.square import squares
from tamis.projection import fit_basis
from tamis.selection import rank

CACHE = Path(__file__).resolve().parents[2] / ".cache"


@pytest.fixture(scope="module")
def reduced(tmp_path_factory: pytest.TempPathFactory) -> NDArray[np.float32]:
    """The vectors that a selection on the demo set runs on: Lite0, then the half-whitened PCA-32."""
    folder = tmp_path_factory.mktemp("emoji")
    names = [os.fsencode(name) for name in emoji.lay_out(fetch_npm(*EMOJI, CACHE), folder)]
    thumbnails = [result.thumbnail for result in read_batch(os.fsencode(folder), names, threads=2)]
    encoder = open_encoder("lite0", CACHE)
    full = encoder.encode(squares([one for one in thumbnails if one], encoder.input_size, threads=2))
    assert len(full) == len(names) > 1_800
    return fit_basis([full], 32).apply(full)


def radii(squared: NDArray[np.float64], order: NDArray[np.int64], ks: list[int]) -> list[float]:
    """The farthest distance of any vector to the first k of an order, of all squared distances (n, n)."""
    nearest = np.minimum.accumulate(squared[order[: max(ks)]], axis=0)
    return [float(np.sqrt(nearest[k - 1].max())) for k in ks]


@pytest.mark.slow
def test_the_covering_radius_of_coreset_is_below_the_best_of_twenty_random_draws(
    reduced: NDArray[np.float32],
) -> None:
    ks = [50, 100, 300, 1000]
    generator, exact = np.random.default_rng(0), reduced.astype(np.float64)
    squared = np.array([np.square(exact - one).sum(axis=1) for one in exact])
    draws = np.array([radii(squared, generator.permutation(len(reduced)), ks) for _ in range(20)])
    ours = radii(squared, rank(reduced, "coreset", max(ks)).order, ks)
    assert (np.array(ours) < draws.min(axis=0)).all(), (ours, draws.min(axis=0).tolist())
