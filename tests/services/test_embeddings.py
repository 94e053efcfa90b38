"""Vectors are committed once, whoever is killed or slower; a reduced child keeps its basis."""

import hashlib
import threading

import numpy as np
import pytest

from tamis.model.embedding import EmbeddingCreate
from tamis.model.errors import Conflict, Invalid, NotFound
from tamis.services import embeddings, samples
from tamis.store import embeddings as rows
from tamis.store import vectors
from tamis.store.store import Store
from tests import made
from tests.databases import MakeStore

NAMES = [f"{number}.jpg" for number in range(8)]


@pytest.fixture
def dataset_id(store: Store) -> str:
    return made.dataset_of(store, *NAMES)


def check(store: Store, dataset_id: str, embedding_id: str, *positions: int) -> None:
    """Exactly these positions are covered, each with its own vector, once."""
    state = embeddings.state(store, dataset_id, embedding_id)
    found, matrix = vectors.read(store.folder, embedding_id, state.lance_version)
    assert (state.covered.tolist(), found.tolist()) == (list(positions), list(positions))
    assert matrix.tobytes() == made.vectors_at(list(positions)).tobytes()
    assert embeddings.get(store, dataset_id, embedding_id).n_covered == len(positions)


def test_a_new_embedding_lacks_all_samples(store: Store, dataset_id: str) -> None:
    embedding_id = embeddings.open_full(store, dataset_id, made.ENCODER)
    assert embeddings.lacking(store, dataset_id, embedding_id).tolist() == list(range(8))
    found = embeddings.get(store, dataset_id, embedding_id)
    assert (found.kind, found.encoder, found.dimension, found.n_covered) == ("full", made.ENCODER, 5, 0)
    assert embeddings.open_full(store, dataset_id, made.ENCODER) == embedding_id
    assert embeddings.list_page(store, dataset_id, None, 10).items == [found]


def test_long_vectors_are_kept_in_float16_and_what_it_cannot_keep_is_refused() -> None:
    short, long = (made.ENCODER.model_copy(update={"dimension": d}) for d in (64, 65))
    matrix = np.float32([[1.0, -2.5, 65504.0, 1e-3]])
    assert embeddings.as_kept(short, matrix) is matrix
    kept = embeddings.as_kept(long, matrix)
    assert (kept.dtype, kept.tolist()) == (np.float16, np.float16(matrix).tolist())
    assert embeddings.as_kept(long, np.zeros((2, 3), np.float32)).tolist() == np.zeros((2, 3)).tolist()
    for wrong, told in ((-70_000.0, "70000"), (3e-5, "3e-05")):
        with pytest.raises(Invalid, match=f"encoder 'made-up' is {told}. Vectors are kept in float16"):
            embeddings.as_kept(long, np.float32([[1.0, 0.0], [0.0, wrong]]))
    for facts in (short, long):
        with pytest.raises(Invalid, match="a number that is not finite"):
            embeddings.as_kept(facts, np.float32([[1.0, np.nan]]))


def test_only_samples_that_are_new_and_not_deleted_are_lacking(store: Store, dataset_id: str) -> None:
    embedding_id = made.embedded(store, dataset_id, 0, 1, 5)
    samples.delete(store, dataset_id, np.array([1, 2]))
    assert embeddings.lacking(store, dataset_id, embedding_id).tolist() == [3, 4, 6, 7]


def test_committing_again_adds_nothing(store: Store, dataset_id: str) -> None:
    embedding_id = embeddings.open_full(store, dataset_id, made.ENCODER)
    parts = [made.part(store, [4, 5], 1), made.part(store, [0, 1], 0)]
    assert embeddings.commit(store, dataset_id, embedding_id, parts) == 4
    before = embeddings.state(store, dataset_id, embedding_id).lance_version
    assert embeddings.commit(store, dataset_id, embedding_id, parts) == 0
    assert embeddings.state(store, dataset_id, embedding_id).lance_version == before
    assert embeddings.commit(store, dataset_id, embedding_id, [*parts, made.part(store, [6], 2)]) == 1
    check(store, dataset_id, embedding_id, 0, 1, 4, 5, 6)


def test_a_part_of_which_some_is_covered_adds_the_rest(store: Store, dataset_id: str) -> None:
    embedding_id = made.embedded(store, dataset_id, 0, 1)
    assert embeddings.commit(store, dataset_id, embedding_id, [made.part(store, [1, 2, 3])]) == 2
    check(store, dataset_id, embedding_id, 0, 1, 2, 3)


@pytest.mark.parametrize("before", [[], [0, 1]], ids=["first", "later"])
def test_a_crash_between_the_vectors_and_the_row_doubles_nothing(
    store: Store, dataset_id: str, before: list[int]
) -> None:
    embedding_id = embeddings.open_full(store, dataset_id, made.ENCODER)
    if before:
        made.embedded(store, dataset_id, *before)
    part = made.part(store, [2, 3])
    state = embeddings.state(store, dataset_id, embedding_id)
    vectors.append(store.folder, embedding_id, state.lance_version, [part])  # and then SQL never hears of it
    check(store, dataset_id, embedding_id, *before)
    assert embeddings.commit(store, dataset_id, embedding_id, [part]) == 2
    check(store, dataset_id, embedding_id, *before, 2, 3)


@pytest.mark.parametrize("before", [[], [0, 1]], ids=["first", "later"])
def test_the_slower_of_two_writers_is_refused(store: Store, dataset_id: str, before: list[int]) -> None:
    embedding_id = embeddings.open_full(store, dataset_id, made.ENCODER)
    if before:
        made.embedded(store, dataset_id, *before)
    seen = embeddings.state(store, dataset_id, embedding_id)
    fast, slow = made.part(store, [2, 3], 1), made.part(store, [3, 4], 2)
    embeddings.commit(store, dataset_id, embedding_id, [fast])
    version = vectors.append(store.folder, embedding_id, seen.lance_version, [slow])
    with pytest.raises(Conflict, match=embedding_id), store.write() as connection:
        rows.commit(connection, dataset_id, embedding_id, seen, np.array([3, 4], np.uint32), version)
    check(store, dataset_id, embedding_id, *before, 2, 3)
    assert embeddings.commit(store, dataset_id, embedding_id, [slow]) == 1
    check(store, dataset_id, embedding_id, *before, 2, 3, 4)


def test_writers_at_the_same_time_leave_each_vector_once(store: Store, dataset_id: str) -> None:
    embedding_id = made.embedded(store, dataset_id, 0)
    parts = [made.part(store, [1, 2, 3], number) for number in range(3)]
    barrier = threading.Barrier(len(parts))
    refused: list[Conflict] = []

    def write(number: int) -> None:
        barrier.wait()
        try:
            embeddings.commit(store, dataset_id, embedding_id, [parts[number]])
        except Conflict as error:
            refused.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(len(parts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) < len(parts)
    embeddings.commit(store, dataset_id, embedding_id, [made.part(store, [1, 2, 3])])
    check(store, dataset_id, embedding_id, 0, 1, 2, 3)


def test_a_reduced_child_keeps_the_basis_that_it_was_made_with(store: Store, dataset_id: str) -> None:
    full = embeddings.get(store, dataset_id, made.embedded(store, dataset_id, 0, 1, 2))
    first, second = (hashlib.sha256(name).hexdigest() for name in (b"first", b"second"))
    fitted = np.array([0, 1, 2], np.uint32)
    assert embeddings.find_reduced(store, dataset_id, full.id, 2) is None
    reduced_id = embeddings.open_reduced(store, dataset_id, full, 2, first, fitted)
    assert embeddings.open_reduced(store, dataset_id, full, 2, second, fitted) == reduced_id
    found = embeddings.find_reduced(store, dataset_id, full.id, 2)
    assert found is not None
    assert (found.id, found.kind, found.parent_id, found.dimension) == (reduced_id, "pca", full.id, 2)
    assert embeddings.state(store, dataset_id, reduced_id).basis == first
    other = embeddings.open_reduced(store, dataset_id, full, 3, second, fitted)
    assert other != reduced_id
    assert embeddings.state(store, dataset_id, other).basis == second


def test_digests_name_the_encoder_and_the_samples_that_were_fitted(make_store: MakeStore) -> None:
    def digests(names: list[str], fitted: list[int]) -> tuple[str, str]:
        store = make_store()
        dataset_id = made.dataset_of(store, *names)
        full = embeddings.get(store, dataset_id, made.embedded(store, dataset_id, 0, 1))
        child = embeddings.open_reduced(store, dataset_id, full, 2, "0" * 64, np.array(fitted, np.uint32))
        return full.digest, embeddings.get(store, dataset_id, child).digest

    straight, turned, other = (
        digests(["a", "b"], [0, 1]),
        digests(["b", "a"], [0, 1]),
        digests(["a", "b"], [0]),
    )
    assert straight == turned
    assert (straight[0] == other[0], straight[1] == other[1]) == (True, False)


def test_what_no_encoder_gives_is_refused(store: Store, dataset_id: str) -> None:
    with pytest.raises(Invalid, match="768 dimensions") as caught:
        embeddings.create(store, dataset_id, EmbeddingCreate(encoder="pixels", dimensions=1000))
    assert caught.value.field == "dimensions"
    with pytest.raises(Invalid, match="lite"):
        embeddings.create(store, dataset_id, EmbeddingCreate(encoder="lite"))
    with pytest.raises(NotFound):
        embeddings.create(store, made.JOB, EmbeddingCreate(encoder="pixels"))


def test_an_embedding_of_another_dataset_is_not_found(store: Store, dataset_id: str) -> None:
    other = made.dataset_of(store, name="other")
    embedding_id = made.embedded(store, dataset_id, 0)
    with pytest.raises(NotFound, match=embedding_id):
        embeddings.get(store, other, embedding_id)
    with pytest.raises(NotFound, match=embedding_id):
        embeddings.lacking(store, other, embedding_id)
