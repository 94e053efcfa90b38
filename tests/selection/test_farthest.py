"""The kernel of coreset by itself: how it works must not show in what it finds."""

import numpy as np
import pytest

from tamis.model.errors import Invalid
from tamis.selection.kernels.farthest import farthest_first
from tamis.selection.kernels.mean import nearest_to_mean
from tamis.selection.kernels.order import falling


def clusters(n, d, seed=0):
    generator = np.random.default_rng(seed)
    shares = 1 / np.arange(1, 81)
    centres = generator.normal(size=(80, d)) * 3
    spread = generator.normal(size=(n, d)) * np.arange(1, d + 1) ** -0.5
    return (centres[generator.choice(80, n, p=shares / shares.sum())] + spread).astype(np.float32)


def found(vectors, k, kept=0, **options):
    return farthest_first(vectors[kept:], k, kept=vectors[:kept], **options)


@pytest.mark.parametrize("kept", [0, 30])
@pytest.mark.parametrize("near_centres", [0, 1, 20])
def test_remembering_fewer_near_centres_changes_only_the_pairs(kept, near_centres):
    vectors = clusters(30_000, 20)
    all_of_them, some = found(vectors, 600, kept), found(vectors, 600, kept, near_centres=near_centres)
    assert np.array_equal(all_of_them.order, some.order)
    assert np.array_equal(all_of_them.radius, some.radius)
    assert some.pairs > all_of_them.pairs


@pytest.mark.parametrize("threads", [2, 3])
def test_threads_change_no_bit_and_no_count(threads):
    vectors = clusters(60_000, 24)
    one, many = found(vectors, 500), found(vectors, 500, threads=threads)
    assert np.array_equal(one.order, many.order)
    assert np.array_equal(one.radius, many.radius)
    assert np.array_equal(one.bound, many.bound)
    assert one.pairs == many.pairs


@pytest.mark.parametrize("k", [1, 7, 100, 399])
def test_a_shorter_run_is_the_beginning_of_a_longer_one(k):
    vectors = clusters(40_000, 16)
    long, short = found(vectors, 400), found(vectors, k)
    assert np.array_equal(long.order[:k], short.order)
    assert np.array_equal(long.radius[:k], short.radius)


def test_half_precision_gives_what_the_same_numbers_in_float32_give():
    values = clusters(20_000, 19).astype(np.float16)
    values[:100] *= np.float16(1e-6)  # subnormal
    half, full = found(values, 300), found(values.astype(np.float32), 300)
    assert np.array_equal(half.order, full.order)
    assert np.array_equal(half.radius, full.radius)
    assert np.array_equal(half.bound, full.bound)


def test_a_file_in_memory_gives_what_the_array_gives(tmp_path):
    vectors = clusters(20_000, 12)
    np.save(tmp_path / "vectors.npy", vectors)
    mapped = np.load(tmp_path / "vectors.npy", mmap_mode="r")
    assert np.array_equal(found(mapped, 200).order, found(vectors, 200).order)


def test_copies_of_a_row_are_ties_to_the_last_bit():
    vectors = np.repeat(clusters(3000, 37), 4, axis=0)
    order = found(vectors, 3000).order
    assert (order % 4 == 0).all()


@pytest.mark.parametrize("d", [1, 3, 15, 16, 17, 33, 130])
def test_any_number_of_dimensions(d):
    vectors = np.random.default_rng(d).integers(-9, 9, size=(6000, d)).astype(np.float32)
    order, nearest = [nearest_to_mean(vectors)], np.full(len(vectors), np.inf)
    for _ in range(200):
        nearest = np.minimum(nearest, ((vectors - vectors[order[-1]]).astype(np.float64) ** 2).sum(axis=1))
        order.append(int(nearest.argmax()))
    result = found(vectors, 150)
    assert result.order.tolist() == order[: len(result.order)]


@pytest.mark.parametrize("n", [0, 1, 2, 5000])
def test_the_rest_falls_and_equal_bounds_stand_by_position(n):
    generator = np.random.default_rng(n)
    values = np.where(
        generator.random(n) < 0.3, 0, generator.integers(0, 900, n) * 10.0 ** generator.integers(-30, 30, n)
    ).astype(np.float32)
    assert falling(values).tolist() == np.argsort(-values, kind="stable").tolist()


def test_a_run_reports_and_stops_when_asked():
    vectors, reports = clusters(50_000, 16), []

    def checkpoint(done, total):
        reports.append((done, total))
        if done > 100:
            raise Invalid("enough")

    with pytest.raises(Invalid, match="enough"):
        found(vectors, 1000, checkpoint=checkpoint)
    assert reports[0] == (0, 1000)
    assert reports == sorted(reports)


def test_one_distance_in_ten_is_computed_where_clusters_hold_many_samples():
    from benchmarks.pools import clustered

    vectors = clustered(100_000, 32)
    assert found(vectors, 1000).pairs <= 0.12 * 1000 * len(vectors)


@pytest.mark.slow
def test_one_distance_in_twenty_is_computed_in_a_large_pool():
    from benchmarks.pools import clustered

    vectors = clustered(1_000_000, 32)
    assert found(vectors, 10_000, threads=2).pairs <= 0.05 * 10_000 * len(vectors)
