"""Vectors that people bring along: what is taken, what is refused, and how the embedding goes away again."""

import io
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from tamis.model.embedding import EmbeddingCreate
from tamis.model.errors import Conflict, Invalid, NotFound
from tamis.model.projection import ProjectionCreate
from tamis.model.tag import FromSelection, TagCreate
from tamis.queue.outbox import submit
from tamis.selection import Ranking, strategies
from tamis.services import datasets, embeddings, projections, selections, tags, vectors
from tamis.services.selections import SelectionCreate
from tamis.store import jobs
from tamis.store import vectors as lance
from tamis.store.store import Store
from tests import made
from tests.databases import MakeStore

NAMES = ["a.jpg", "b.jpg", "ä.jpg", "d.jpg"]
ROWS = np.arange(12, dtype=np.float32).reshape(4, 3)


def arrow(columns: dict[str, pa.Array]) -> bytes:
    table = pa.table(columns)
    sink = io.BytesIO()
    with pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue()


def file_of(names: list[str], rows: Any, dtype: type = np.float32) -> bytes:
    rows = np.asarray(rows, dtype)
    lists = pa.FixedSizeListArray.from_arrays(pa.array(rows.reshape(-1)), rows.shape[1])
    return arrow({"file_name": pa.array(names, pa.utf8()), "vector": lists})


def held(store: Store, dataset_id: str, embedding_id: str) -> dict[int, list[float]]:
    version = embeddings.state(store, dataset_id, embedding_id).lance_version
    positions, rows = lance.read(store.folder, embedding_id, version)
    return dict(zip(positions.tolist(), rows.tolist(), strict=True))


def test_vectors_find_their_samples_by_name(store: Store) -> None:
    dataset_id = made.dataset_of(store, *NAMES)
    shuffled = [2, 0, 3]
    names = [NAMES[i] for i in shuffled]
    names[0] = "a\u0308.jpg"  # as macOS spells it
    embedding = vectors.add(store, dataset_id, "clip", file_of(names, ROWS[shuffled]))
    assert embedding.model_dump(exclude={"id", "digest", "created_at", "encoder"}) == {
        "dataset_id": dataset_id, "name": "clip", "kind": "full", "parent_id": None, "dimension": 3,
        "n_covered": 3, "versions": {},
    }  # fmt: skip
    assert (embedding.encoder.name, embedding.encoder.preprocessing) == ("uploaded:clip", {})
    assert held(store, dataset_id, embedding.id) == {i: ROWS[i].tolist() for i in (0, 2, 3)}
    assert list(store.folder.work(embedding.id).iterdir()) == []


def test_parts_add_up_and_may_be_sent_again(store: Store) -> None:
    dataset_id = made.dataset_of(store, *NAMES)
    first = vectors.add(store, dataset_id, "clip", file_of(NAMES[:2], ROWS[:2]))
    second = vectors.add(store, dataset_id, "clip", file_of(NAMES[1:], ROWS[1:]))  # one of them again
    assert (first.id, first.digest) == (second.id, second.digest)
    assert (first.n_covered, second.n_covered) == (2, 4)
    assert vectors.add(store, dataset_id, "clip", file_of(NAMES, ROWS)) == second
    assert held(store, dataset_id, second.id) == {i: ROWS[i].tolist() for i in range(4)}
    other = vectors.add(store, dataset_id, "dino", file_of(NAMES, ROWS))
    assert other.id != second.id


def test_a_vector_never_changes(store: Store) -> None:
    dataset_id = made.dataset_of(store, *NAMES)
    embedding = vectors.add(store, dataset_id, "clip", file_of(NAMES[:3], ROWS[:3]))
    with pytest.raises(Conflict, match=r"3 samples have another vector.*position 0"):
        vectors.add(store, dataset_id, "clip", file_of(NAMES[::-1], ROWS))
    with pytest.raises(Conflict, match="3 dimensions, these vectors have 2"):
        vectors.add(store, dataset_id, "clip", file_of(NAMES, ROWS[:, :2]))
    assert held(store, dataset_id, embedding.id) == {i: ROWS[i].tolist() for i in range(3)}


def test_the_digest_names_the_content(make_store: MakeStore) -> None:
    digests = []
    for names, rows in ((NAMES, ROWS), (NAMES[::-1], ROWS[::-1]), (NAMES, ROWS + 1)):
        store = make_store()
        made.dataset_of(store, "z", name="before")
        dataset_id = made.dataset_of(store, *NAMES)
        digests.append(vectors.add(store, dataset_id, "clip", file_of(names, rows)).digest)
    assert digests[0] == digests[1] != digests[2]


LISTS = pa.FixedSizeListArray.from_arrays(pa.array(np.zeros(4, np.float32)), 2)
TWO = pa.array(["a.jpg", "b.jpg"], pa.utf8())


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "no Arrow file"),
        (b"ARROW1\0\0 but not really", "no Arrow file"),
        (file_of(["a.jpg"], [[1, 2]])[:-20], "no Arrow file"),
        (arrow({"file_name": TWO}), "columns file_name"),
        (arrow({"file_name": TWO, "vector": LISTS, "colour": TWO}), "columns file_name"),
        (arrow({"file_name": pa.array([1, 2]), "vector": LISTS}), "columns file_name"),
        (arrow({"file_name": TWO, "vector": pa.array([[1.0], [2.0]])}), "columns file_name"),
        (file_of(["a.jpg", "b.jpg"], np.zeros((2, 2)), np.float64), "columns file_name"),
        (file_of([], np.zeros((0, 2))), "no vectors"),
        (file_of(["a.jpg"], np.zeros((1, 20_000))), "1 to 16384 dimensions"),
        (file_of(["a.jpg", "a.jpg"], np.zeros((2, 2))), "comes twice"),
        (file_of(["ä.jpg", "a\u0308.jpg"], np.zeros((2, 2))), "comes twice"),
        (file_of(["a.jpg", "b.jpg"], [[0, 1], [np.nan, 1]]), "'b.jpg'.*no finite number"),
        (file_of(["a.jpg", "b.jpg"], [[0, 1], [np.inf, 1]]), "'b.jpg'.*no finite number"),
        (file_of(["a.jpg", "x.jpg", "w.jpg"], np.zeros((3, 2))), "2 of 3 file names.*'w.jpg'"),
        (arrow({"file_name": pa.array(["a.jpg", None]), "vector": LISTS}), "empty rows"),
        (
            arrow({"file_name": TWO, "vector": pa.array([[1, 2], None], pa.list_(pa.float32(), 2))}),
            "empty rows",
        ),
        (
            arrow({"file_name": TWO, "vector": pa.array([[1, 2], [3, None]], pa.list_(pa.float32(), 2))}),
            "empty value",
        ),
    ],
)
def test_what_is_no_file_of_vectors_is_refused_whole(store: Store, body: bytes, message: str) -> None:
    dataset_id = made.dataset_of(store, *NAMES)
    with pytest.raises(Invalid, match=message):
        vectors.add(store, dataset_id, "clip", body)
    assert embeddings.list_page(store, dataset_id, None, 10).items == []


def test_a_dataset_that_is_not_there_gets_no_vectors(store: Store) -> None:
    with pytest.raises(NotFound):
        vectors.add(store, made.JOB, "clip", file_of(NAMES, ROWS))


def test_uploaded_vectors_are_asked_for_by_name_to_be_reduced(store: Store) -> None:
    dataset_id = made.dataset_of(store, *NAMES)
    with pytest.raises(NotFound, match="'clip'"):
        embeddings.create(store, dataset_id, EmbeddingCreate(encoder="uploaded:clip"))
    vectors.add(store, dataset_id, "clip", file_of(NAMES, ROWS))
    vectors.add(store, dataset_id, "long", file_of(NAMES, np.ones((4, 65))))
    job = embeddings.create(store, dataset_id, EmbeddingCreate(encoder="uploaded:clip"))  # used as it is
    assert job.kind == "embed"
    assert embeddings.create(store, dataset_id, EmbeddingCreate(encoder="uploaded:long")).kind == "embed"
    with pytest.raises(Invalid, match="65 dimensions"):
        embeddings.create(store, dataset_id, EmbeddingCreate(encoder="uploaded:long", dimensions=66))


def selected(store: Store, dataset_id: str, embedding_id: str) -> str:
    tag = tags.close_upload(store, dataset_id)
    wanted = SelectionCreate(
        tag_id=tag.id, embedding_id=embedding_id, strategy=strategies["random"](), n_samples=1
    )
    pool, _ = selections.pool(store, dataset_id, wanted)
    ranking = Ranking(
        order=np.arange(4), importance=np.zeros(4, np.float32), greedy_until=1,
        strategy={"strategy": "random"}, seed=0, n_samples=1, preselected=np.array([], np.int64),
    )  # fmt: skip
    return selections.keep(store, dataset_id, wanted, pool, ranking, [], []).id


def test_an_embedding_goes_with_its_child_and_its_projections(store: Store) -> None:
    dataset_id = made.dataset_of(store, *NAMES)
    full = vectors.add(store, dataset_id, "clip", file_of(NAMES, ROWS))
    covered = np.arange(4, dtype=np.uint32)
    reduced = embeddings.open_reduced(store, dataset_id, full, 2, "0" * 64, covered)
    embeddings.commit(store, dataset_id, reduced, [made.part(store, [0, 1, 2, 3])])
    places = np.zeros((4, 2), np.float32)
    projections.put(store, dataset_id, ProjectionCreate(embedding_id=reduced), covered, places)
    kept = vectors.add(store, dataset_id, "dino", file_of(NAMES, ROWS))
    folders = [store.folder.vectors(one) for one in (full.id, reduced)]
    assert all(folder.exists() for folder in folders)
    embeddings.remove(store, dataset_id, full.id)
    assert embeddings.list_page(store, dataset_id, None, 10).items == [kept]
    assert projections.list_page(store, dataset_id, None, 10).items == []
    assert not any(folder.exists() for folder in folders)
    with pytest.raises(NotFound):
        embeddings.remove(store, dataset_id, full.id)
    again = vectors.add(store, dataset_id, "clip", file_of(NAMES, ROWS + 1))  # the name is free again
    assert held(store, dataset_id, again.id)[0] == [1, 2, 3]


def test_an_embedding_that_something_was_made_with_stays(store: Store) -> None:
    dataset_id = made.dataset_of(store, *NAMES)
    full = vectors.add(store, dataset_id, "clip", file_of(NAMES, ROWS))
    selection_id = selected(store, dataset_id, full.id)
    with pytest.raises(Conflict, match=f"'{selection_id}'.*'clip'"):
        embeddings.remove(store, dataset_id, full.id)
    tags.create(
        store, dataset_id, TagCreate(name="best", source=FromSelection(selection_id=selection_id, keep=1))
    )
    with pytest.raises(Conflict, match="tag 'best' was made with the embedding 'clip'"):
        embeddings.remove(store, dataset_id, full.id)
    assert embeddings.get(store, dataset_id, full.id) == full


def test_an_embedding_stays_while_a_job_may_use_it(store: Store) -> None:
    dataset_id = made.dataset_of(store, *NAMES)
    full = vectors.add(store, dataset_id, "clip", file_of(NAMES, ROWS))
    with store.write() as connection:
        job = submit(connection, "embed", dataset_id, {})
    with pytest.raises(Conflict, match=job.id):
        embeddings.remove(store, dataset_id, full.id)
    with store.write() as connection:
        jobs.finish(connection, job.id, "cancelled")
    embeddings.remove(store, dataset_id, full.id)
    datasets.remove(store, dataset_id)
