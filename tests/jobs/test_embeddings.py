"""Encoding that is interrupted, overtaken or left without work; run here without a worker around it."""

import hashlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tamis.images.thumbnail import encode
from tamis.jobs import embeddings as embedding_job
from tamis.jobs.run import Run, Tools
from tamis.model.embedding import EmbeddingCreate
from tamis.model.errors import Conflict, Forbidden
from tamis.model.job import JobCancelled
from tamis.queue.outbox import submit
from tamis.services import embeddings, ingest, samples
from tamis.store import jobs, vectors
from tamis.store.store import Store
from tests import made
from tests.databases import MakeStore
from tests.encoders.networks import network

N, SHARD = 150, 64
DIMENSIONS = 4


class Straight(Run):
    """Runs steps as they come. `before` is called with the name of each; reports are the safe points."""

    before: Callable[[str], object] = staticmethod(lambda name: None)

    def step(self, name: str, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        self.before(name)
        return function(*args, **kwargs)


@pytest.fixture(autouse=True)
def _small_shards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding_job, "SHARD", SHARD)


def dataset(store: Store, count: int = N) -> str:
    """Make a dataset of pictures of noise, the same each time."""
    dataset_id = made.dataset_of(store)
    add(store, dataset_id, range(count))
    return dataset_id


def add(store: Store, dataset_id: str, numbers: range) -> None:
    taken = []
    for number in numbers:
        noise = np.random.default_rng(number).integers(0, 256, (16, 16, 3), np.uint8)
        taken.append(ingest.Taken(b"%03d.jpg" % number, made.facts(b"%d" % number), encode(noise)))
    ingest.commit(store, dataset_id, made.JOB, taken, {})


def start(store: Store, dataset_id: str, dimensions: int = DIMENSIONS) -> Straight:
    job = embeddings.create(store, dataset_id, EmbeddingCreate(encoder="pixels", dimensions=dimensions))
    return Straight(Tools(store), job.id)


def content(store: Store, dataset_id: str, embedding_id: str) -> tuple[list[int], str, str | None]:
    state = embeddings.state(store, dataset_id, embedding_id)
    positions, matrix = vectors.read(store.folder, embedding_id, state.lance_version)
    assert positions.tolist() == state.covered.tolist()
    return positions.tolist(), hashlib.sha256(matrix.tobytes()).hexdigest(), state.basis


def test_what_was_encoded_before_a_cancellation_is_kept_and_the_end_is_the_same(
    make_store: MakeStore,
) -> None:
    straight, broken = make_store(), make_store()
    dataset_id = dataset(straight)
    expected = embedding_job.work(start(straight, dataset_id))
    assert expected["encoded"] == N

    other_id = dataset(broken)
    run = start(broken, other_id)

    def stop(name: str) -> None:
        if name == "encode 1":
            raise JobCancelled

    run.before = stop
    with pytest.raises(JobCancelled):
        embedding_job.work(run)
    full_id = embeddings.list_page(broken, other_id, None, 10).items[0].id
    assert content(broken, other_id, full_id)[0] == list(range(SHARD))
    found = embedding_job.work(start(broken, other_id, DIMENSIONS))
    assert (found["embedding_id"], found["encoded"]) == (full_id, N - SHARD)
    for kind in ("embedding_id", "reduced_id"):
        before = content(straight, dataset_id, str(expected[kind]))
        assert content(broken, other_id, str(found[kind])) == before
        assert before[0] == list(range(N))


def test_while_the_folder_is_read_complete_shards_are_encoded_and_the_end_is_the_same(
    make_store: MakeStore,
) -> None:
    straight, along = make_store(), make_store()
    dataset_id = dataset(straight)
    expected = embedding_job.work(start(straight, dataset_id))

    other_id = dataset(along, 2 * SHARD - 1)
    with along.write() as connection:
        reading = submit(connection, "ingest", other_id, {})
    run = start(along, other_id)
    steps: list[str] = []

    def read_on(name: str) -> None:
        steps.append(name)
        if name == "look 1":
            add(along, other_id, range(2 * SHARD - 1, N))
            with along.write() as connection:
                jobs.finish(connection, reading.id, "succeeded")

    run.before = read_on
    found = embedding_job.work(run)
    assert steps == ["open", "look 0", "encode 0", "look 1", "encode 1", "encode 2", "reduce"]
    assert found["encoded"] == N
    for kind in ("embedding_id", "reduced_id"):
        assert content(along, other_id, str(found[kind])) == content(
            straight, dataset_id, str(expected[kind])
        )


def test_only_an_older_unfinished_reading_is_waited_for(store: Store) -> None:
    dataset_id = dataset(store, 3)
    with store.write() as connection:
        first = submit(connection, "ingest", dataset_id, {})
        second = submit(connection, "embed", dataset_id, {})
    assert embeddings.reading(store, dataset_id, first.id) is None
    assert embeddings.reading(store, dataset_id, second.id) == embeddings.Reading(3, 0)
    with store.write() as connection:
        jobs.finish(connection, first.id, "failed")
    assert embeddings.reading(store, dataset_id, second.id) is None


def test_a_job_that_another_has_overtaken_finds_nothing_left_to_do(store: Store) -> None:
    dataset_id = dataset(store)
    slow = start(store, dataset_id)

    def overtake(name: str) -> None:
        if name == "encode 1":
            embedding_job.work(start(store, dataset_id, DIMENSIONS + 1))

    slow.before = overtake
    found = embedding_job.work(slow)
    assert found["encoded"] == SHARD
    assert content(store, dataset_id, str(found["embedding_id"]))[0] == list(range(N))
    assert content(store, dataset_id, str(found["reduced_id"]))[0] == list(range(N))


def test_samples_deleted_meanwhile_are_left_out(store: Store) -> None:
    dataset_id = dataset(store)
    run = start(store, dataset_id)

    def delete(name: str) -> None:
        if name == "encode 1":
            samples.delete(store, dataset_id, np.arange(60, 130))

    run.before = delete
    found = embedding_job.work(run)
    assert content(store, dataset_id, str(found["embedding_id"]))[0] == [*range(64), *range(130, N)]


def test_weights_of_the_operator_are_opened_by_the_worker(make_store: MakeStore) -> None:
    store = make_store()
    dataset_id = dataset(store, 5)
    path = store.folder.weights("encoders") / "net.onnx"
    path.parent.mkdir()
    network(path, shape=("n", 3, 16, 16))
    wanted = EmbeddingCreate(encoder="onnx:net.onnx", dimensions=2)
    done = embedding_job.work(Straight(Tools(store), embeddings.create(store, dataset_id, wanted).id))
    assert done["encoded"] == 5
    assert done["reduced_id"] == done["embedding_id"]  # 3 numbers are few enough as they are
    facts = embeddings.get(store, dataset_id, str(done["embedding_id"])).encoder
    assert (facts.name, facts.dimension, facts.preprocessing["size"]) == ("onnx:net.onnx", 3, 16)


def test_weights_that_are_replaced_under_an_interrupted_job_do_not_mix_with_the_old(
    make_store: MakeStore,
) -> None:
    store = make_store()
    dataset_id = dataset(store, 5)
    path = store.folder.weights("encoders") / "net.onnx"
    path.parent.mkdir()
    network(path)
    run = Straight(
        Tools(store), embeddings.create(store, dataset_id, EmbeddingCreate(encoder="onnx:net.onnx")).id
    )

    def replace(name: str) -> None:
        if name == "encode 0":
            network(path, shape=("n", 3, 16, 16))
            run.tools = Tools(store)  # as after a restart

    run.before = replace
    with pytest.raises(Conflict, match=r"weights of 'onnx:net\.onnx' have been replaced"):
        embedding_job.work(run)


@pytest.mark.parametrize("name", ["onnx:../secret.onnx", "python:os:getcwd"])
def test_the_worker_refuses_what_the_door_refuses(make_store: MakeStore, name: str) -> None:
    with pytest.raises(Forbidden):
        Tools(make_store()).encoder(name)
