"""The benchmark of learning: the recipe one by one is that of the batch, and both parts of a step count."""

import numpy as np
import torch

from benchmarks import learning, naive_views
from tamis.learning.augment import augment
from tamis.learning.augmentation import PRESETS

torch.set_num_threads(1)


def images(n: int, side: int) -> learning.Images:
    blocks = np.random.default_rng(0).integers(60, 196, (n, 4, 4, 3), np.uint8)
    return blocks.repeat(side // 4, axis=1).repeat(side // 4, axis=2)


def test_views_one_by_one_are_as_different_as_those_of_the_batch():
    natural, pool, rng = PRESETS["natural"], images(200, 24), np.random.default_rng(0)
    naive = np.stack([naive_views.view(image, natural, 16, rng) for image in pool]).astype(np.float32)
    batch = augment(torch.from_numpy(pool), natural, 16, torch.Generator().manual_seed(0)) * 128 + 127
    ours = batch.permute(0, 2, 3, 1).numpy()
    for statistic in (np.mean, np.std):
        assert abs(statistic(naive) - statistic(ours)) < 6
    gray = [float((np.ptp(views, axis=3).max(axis=(1, 2)) < 3).mean()) for views in (naive, ours)]
    assert all(0.12 < share < 0.28 for share in gray)


def test_both_parts_of_a_step_take_time():
    case = learning.Case("small", 24, 16, 8, 0.15)
    assert all(seconds > 0 for seconds in learning.share(case, images(8, 24), 1))
    assert all(rate > 0 for rate in learning.rates(case, images(8, 24), 1))
