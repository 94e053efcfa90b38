"""Positions are dense, unique, and in the order given, however many write at once."""

import multiprocessing
import threading
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa

from tamis.model.errors import NotFound
from tamis.store import bitmaps, datasets, samples, schema
from tamis.store.store import Store, open_store
from tests import made
from tests.databases import Databases

WRITERS = 6
PROCESSES = 2
BATCHES = 5
SIZE = 7


def write_batches(data: Path, url: str | None, dataset_id: str, writer: int) -> None:
    """What one of several processes does."""
    with open_store(data, url) as store:
        for batch in range(BATCHES):
            new = [made.sample(f"{writer}-{batch}-{i}") for i in range(SIZE)]
            with store.write() as connection:
                samples.insert(connection, dataset_id, new)


def rows(store: Store, dataset_id: str) -> list[tuple[int, str]]:
    query = sa.select(schema.sample.c.position, schema.sample.c.file_name)
    with store.read() as connection:
        found = connection.execute(query.where(schema.sample.c.dataset_id == dataset_id))
        return sorted((position, name) for position, name in found)


def check_dense(store: Store, dataset_id: str, writers: int) -> None:
    found = rows(store, dataset_id)
    assert [position for position, _ in found] == list(range(writers * BATCHES * SIZE))
    for start in range(0, len(found), SIZE):  # each batch lies together, in the order given
        writer, batch, _ = found[start][1].split("-")
        assert [name for _, name in found[start : start + SIZE]] == [
            f"{writer}-{batch}-{i}" for i in range(SIZE)
        ]


def test_six_threads_get_dense_positions(store: Store) -> None:
    dataset_id = made.dataset_of(store)
    errors: list[BaseException] = []

    def write(writer: int) -> None:
        try:
            for batch in range(BATCHES):
                with store.write() as connection:
                    samples.insert(
                        connection, dataset_id, [made.sample(f"{writer}-{batch}-{i}") for i in range(SIZE)]
                    )
        except Exception as error:  # noqa: BLE001 - a thread's errors would be lost
            errors.append(error)

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    check_dense(store, dataset_id, WRITERS)


def test_processes_that_write_one_database_lose_nothing(databases: Databases) -> None:
    data, url = databases.migrated()
    with open_store(data, url) as store:
        dataset_id = made.dataset_of(store)
    context = multiprocessing.get_context("spawn")
    writers = [
        context.Process(target=write_batches, args=(data, url, dataset_id, writer))
        for writer in range(PROCESSES)
    ]
    for process in writers:
        process.start()
    for process in writers:
        process.join()
    assert [process.exitcode for process in writers] == [0] * PROCESSES
    with open_store(data, url) as store:
        check_dense(store, dataset_id, PROCESSES)


def test_a_batch_that_fails_takes_no_positions(store: Store) -> None:
    dataset_id = made.dataset_of(store, "a", "b")
    with pytest.raises(sa.exc.IntegrityError), store.write() as connection:
        samples.insert(connection, dataset_id, [made.sample("c"), made.sample("a")])
    with store.write() as connection:
        assert samples.insert(connection, dataset_id, [made.sample("d")]) == 2
    assert rows(store, dataset_id) == [(0, "a"), (1, "b"), (2, "d")]
    with store.read() as connection:
        assert datasets.get(connection, dataset_id).total_bytes == 3


def test_datasets_count_their_positions_apart(store: Store) -> None:
    first = made.dataset_of(store, "a", "b", name="first")
    second = made.dataset_of(store, "b", name="second")
    assert rows(store, first) == [(0, "a"), (1, "b")]
    assert rows(store, second) == [(0, "b")]


def test_a_dataset_that_is_not_there_has_no_positions(store: Store) -> None:
    with pytest.raises(NotFound, match=made.JOB), store.write() as connection:
        datasets.take_positions(connection, made.JOB, 1, 1)


def test_deleted_samples_keep_their_rows_and_their_positions(store: Store) -> None:
    dataset_id = made.dataset_of(store, "a", "b", "c")
    with store.write() as connection:
        assert datasets.bury(connection, dataset_id, np.array([1])) == 1
        assert datasets.bury(connection, dataset_id, np.array([1, 0])) == 2
    with store.write() as connection:
        assert datasets.deleted(connection, dataset_id).tolist() == [0, 1]
        assert datasets.present(connection, dataset_id).tolist() == [2]
        assert samples.insert(connection, dataset_id, [made.sample("d")]) == 3
        found = datasets.get(connection, dataset_id)
    assert (found.n_samples, found.n_deleted) == (4, 2)
    assert rows(store, dataset_id) == [(0, "a"), (1, "b"), (2, "c"), (3, "d")]


def test_a_bitmap_gives_back_what_was_packed_sorted_and_once() -> None:
    noise = np.random.default_rng(0).integers(0, 2**32, 5000, dtype=np.uint64)
    given = np.concatenate([noise, np.arange(70_000, dtype=np.uint64), noise[:9]])
    assert bitmaps.unpack(bitmaps.pack(given)).tolist() == sorted({int(value) for value in given})
    assert bitmaps.unpack(bitmaps.EMPTY).tolist() == []
