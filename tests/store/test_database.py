"""Transactions: whole or not at all, in turn where they write, and never in the way of readers."""

import threading

import pytest
import sqlalchemy as sa

from tamis.model.errors import Conflict, Unavailable
from tamis.store import datasets, events, schema
from tamis.store.database import Database
from tamis.store.store import Store, open_store
from tests import made
from tests.databases import Databases


def names(store: Store) -> list[str]:
    with store.read() as connection:
        return [one.name for one in datasets.list_page(connection, None, 100).items]


def test_a_block_that_raises_leaves_nothing(store: Store) -> None:
    with pytest.raises(RuntimeError), store.write() as connection:
        datasets.insert(connection, "lost", None)
        raise RuntimeError
    assert names(store) == []
    with store.read() as connection:
        assert connection.execute(sa.select(schema.event)).all() == []


def test_a_refused_row_does_not_end_its_transaction(store: Store) -> None:
    with store.write() as connection:
        datasets.insert(connection, "one", None)
        with pytest.raises(Conflict, match="'one'") as caught:
            datasets.insert(connection, "one", None)
        datasets.insert(connection, "two", None)
    assert caught.value.field == "name"
    assert names(store) == ["one", "two"]


def test_what_a_writer_has_not_committed_is_seen_by_no_reader(store: Store) -> None:
    with store.write() as connection:
        datasets.insert(connection, "one", None)
        assert names(store) == []  # and it does not wait for the writer either
    assert names(store) == ["one"]


def test_a_second_writer_waits_for_the_first_and_loses_nothing(databases: Databases) -> None:
    data, url = databases.migrated()
    with open_store(data, url) as one, open_store(data, url) as other:
        dataset_id = made.dataset_of(one, "a")
        started = threading.Event()

        def write() -> None:
            started.set()
            with other.write() as connection:
                datasets.take_positions(connection, dataset_id, 10, 0)

        thread = threading.Thread(target=write)
        with one.write() as connection:
            assert datasets.take_positions(connection, dataset_id, 1, 0) == 1
            thread.start()
            started.wait()
            thread.join(0.2)
            assert thread.is_alive()
        thread.join()
        with one.read() as connection:
            assert datasets.get(connection, dataset_id).n_samples == 12


def test_two_writers_of_one_counter_lose_no_count(databases: Databases) -> None:
    data, url = databases.migrated()
    with open_store(data, url) as one, open_store(data, url) as other:
        dataset_id = made.dataset_of(one)
        errors: list[Exception] = []

        def write(store: Store) -> None:
            try:
                for _ in range(50):
                    with store.write() as connection:
                        datasets.get(connection, dataset_id)  # reading first must not upgrade a reader
                        datasets.take_positions(connection, dataset_id, 1, 3)
            except Exception as error:  # noqa: BLE001 - a thread's errors would be lost
                errors.append(error)

        threads = [threading.Thread(target=write, args=(store,)) for store in (one, other)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert errors == []
        with one.read() as connection:
            found = datasets.get(connection, dataset_id)
        assert (found.n_samples, found.total_bytes) == (100, 300)


def test_forty_threads_each_get_a_connection(store: Store) -> None:
    barrier = threading.Barrier(40, timeout=60)
    seen: list[int] = []

    def read() -> None:
        with store.read() as connection:
            barrier.wait()
            seen.append(connection.execute(sa.text("SELECT 1")).scalar_one())

    threads = [threading.Thread(target=read) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [1] * 40


def test_event_numbers_rise_and_are_never_given_twice(store: Store) -> None:
    with store.write() as connection:
        for number in range(3):
            events.add(connection, "tag.created", "d" * 24, str(number))
    with store.write() as connection:
        connection.execute(schema.event.delete().where(schema.event.c.subject_id == "2"))
        events.add(connection, "tag.created", "d" * 24, "3")
    with store.read() as connection:
        rows = connection.execute(sa.select(schema.event).order_by(schema.event.c.id)).all()
    assert [row.subject_id for row in rows] == ["0", "1", "3"]
    assert rows[2].id - rows[1].id == 2


def test_foreign_keys_are_enforced(store: Store) -> None:
    with pytest.raises(sa.exc.IntegrityError), store.write() as connection:
        datasets.insert(connection, "one", "0" * 24)


def test_texts_and_numbers_come_back_as_they_were(store: Store) -> None:
    name, metadata = "𝄞 naïve é 'quoted' %", {"a": [1, 2.5, None, True, {"ü": "𝄞"}], "big": 2**53}
    dataset_id = made.dataset_of(store, "a", name=name)
    with store.write() as connection:
        connection.execute(
            schema.sample.update().values(metadata=metadata, modified_ns=2**62, brightness=0.1)
        )
    with store.read() as connection:
        row = connection.execute(sa.select(schema.sample)).mappings().one()
        assert datasets.get(connection, dataset_id).name == name
    assert (row["metadata"], row["modified_ns"], row["brightness"]) == (metadata, 2**62, 0.1)


def test_a_server_that_does_not_answer_is_told() -> None:
    database = Database("postgresql://nobody@/nothing?host=/nowhere")
    with pytest.raises(Unavailable, match="does not answer"), database.read():
        pass
    database.close()
