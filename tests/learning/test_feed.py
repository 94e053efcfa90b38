"""The pool is whole or absent, and which batch is due depends on (seed, epoch, step) alone."""

import errno
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tamis.learning.feed import Feed, open_pool, permutation, pool_of, sample_rows, write_pool
from tamis.model.errors import Invalid, NoSpace


def squares(n: int, side: int = 4) -> NDArray[np.uint8]:
    return np.random.default_rng(n).integers(0, 256, (n, side, side, 3), np.uint8)


def named(images: NDArray[np.uint8]) -> Iterator[tuple[str, NDArray[np.uint8]]]:
    return ((f"{number}.jpg", image) for number, image in enumerate(images))


def test_a_pool_is_what_was_written(tmp_path: Path) -> None:
    images = squares(5)
    written = write_pool(tmp_path, named(images), 4, "sources")
    opened = open_pool(tmp_path, 4, "sources")
    assert opened is not None
    assert np.array_equal(opened.images, images)
    assert opened.names == ("0.jpg", "1.jpg", "2.jpg", "3.jpg", "4.jpg")
    assert opened.digest == written.digest == pool_of(images).digest
    assert opened.side == 4 and len(opened) == 5


def test_a_pool_of_other_squares_or_sources_is_not_opened(tmp_path: Path) -> None:
    assert open_pool(tmp_path, 4, "sources") is None
    write_pool(tmp_path, named(squares(2)), 4, "sources")
    assert open_pool(tmp_path, 8, "sources") is None
    assert open_pool(tmp_path, 4, "others") is None
    (tmp_path / "pool.rgb").write_bytes(b"cut off")
    assert open_pool(tmp_path, 4, "sources") is None


def test_no_image_makes_no_pool(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="no image to train on"):
        write_pool(tmp_path, iter(()), 4, "sources")
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path) -> None:
    def filling() -> Iterator[tuple[str, NDArray[np.uint8]]]:
        yield from named(squares(2))
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(NoSpace, match="no space left for"):
        write_pool(tmp_path, filling(), 4, "sources")
    assert list(tmp_path.iterdir()) == []


def test_the_order_of_an_epoch_is_fixed() -> None:
    assert permutation(8, 1, 0).tolist() == permutation(8, 1, 0).tolist()
    assert sorted(permutation(8, 1, 0)) == list(range(8))
    assert permutation(64, 1, 0).tolist() != permutation(64, 1, 1).tolist()
    assert permutation(64, 1, 0).tolist() != permutation(64, 2, 0).tolist()


def test_batches_from_any_step_on_are_those_of_a_straight_run() -> None:
    pool = pool_of(squares(11))
    straight = list(islice(Feed(pool, 4, seed=3).batches(0), 6))
    assert [(batch.epoch, batch.step) for batch in straight] == [
        (0, 0),
        (0, 1),
        (1, 0),
        (1, 1),
        (2, 0),
        (2, 1),
    ]
    for first in range(6):
        for resumed, due in zip(Feed(pool, 4, seed=3).batches(first), straight[first:], strict=False):
            assert resumed.rows.tolist() == due.rows.tolist()
            assert np.array_equal(resumed.images, pool.images[due.rows])


def test_processes_share_a_batch_between_them() -> None:
    pool = pool_of(squares(12))
    whole = next(Feed(pool, 6, seed=0).batches(0))
    shares = [next(Feed(pool, 6, seed=0, rank=rank, world=2).batches(0)).rows for rank in (0, 1)]
    assert sorted(np.concatenate(shares)) == sorted(whole.rows)
    assert [len(share) for share in shares] == [3, 3]


def test_a_pool_smaller_than_a_batch_is_one_batch() -> None:
    batch = next(Feed(pool_of(squares(3)), 256, seed=0).batches(7))
    assert (batch.epoch, batch.step, len(batch.rows)) == (7, 0, 3)


def test_the_images_that_are_looked_at_stay_the_same() -> None:
    assert sample_rows(100, 5, 1).tolist() == sample_rows(100, 5, 1).tolist()
    assert sample_rows(3, 5, 1).tolist() == [0, 1, 2]
