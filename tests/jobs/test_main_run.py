"""A folder is read, encoded, projected and ranked by a real worker, and a second ingest extends that."""

import hashlib
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from PIL import Image

from tamis.encoders import encoder_facts, open_encoder
from tamis.images.square import square
from tamis.projection import fit_basis, open_method
from tamis.services import datasets, embeddings, ingest, jobs, projections, samples, selections, tags
from tamis.store import vectors
from tamis.store.store import Store, open_store
from tests.databases import Databases
from tests.folders import write_photos
from tests.jobs.conftest import DIMENSIONS, Desk, Outcome, working

pytestmark = pytest.mark.xdist_group("worker")
N = 14


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    return write_photos(tmp_path / "photos", N)


def read_arrow(data: bytes) -> pa.Table:
    return pa.ipc.open_file(pa.BufferReader(data)).read_all()


def matrix_of(store: Store, dataset_id: str, embedding_id: str) -> np.ndarray:
    version = embeddings.state(store, dataset_id, embedding_id).lance_version
    positions, matrix = vectors.read(store.folder, embedding_id, version)
    assert positions.tolist() == list(range(datasets.get(store, dataset_id).n_samples))
    return matrix


def encoded(store: Store, dataset_id: str, tmp_path: Path) -> np.ndarray:
    """Encode the thumbnails here, without a job."""
    encoder = open_encoder("pixels", tmp_path)
    n = datasets.get(store, dataset_id).n_samples
    pictures = [
        square(samples.thumbnail(store, dataset_id, position), encoder.input_size) for position in range(n)
    ]
    return encoder.encode(np.stack(pictures))


def check_run(store: Store, dataset_id: str, photos: Path, made: Outcome, tmp_path: Path) -> None:
    found = samples.list_page(store, dataset_id, None, 100).items
    assert [(one.position, one.file_name, one.sha256) for one in found] == [
        (position, path.name, hashlib.sha256(path.read_bytes()).hexdigest())
        for position, path in enumerate(sorted(photos.iterdir()))
    ]
    full = matrix_of(store, dataset_id, made.full_id)
    half = encoded(store, dataset_id, tmp_path).astype(np.float16)
    assert full.tobytes() == half.astype(np.float32).tobytes()
    reduced = matrix_of(store, dataset_id, made.reduced_id)
    assert reduced.tobytes() == fit_basis([full], DIMENSIONS).apply(full).tobytes()
    points = read_arrow(projections.points(store, dataset_id, made.projection_id))
    assert (points.num_rows, points.column_names) == (N, ["x", "y"])
    ranking = (
        read_arrow(selections.ranking(store, dataset_id, made.selection_id)).column("position").to_pylist()
    )
    assert sorted(ranking) == list(range(N))
    kept, far = [ranking[0]], reduced.astype(np.float64)
    assert ranking[0] == np.square(far - far.mean(axis=0)).sum(axis=1).argmin()
    for _ in range(4):  # the naive greedy k-center
        kept.append(int(np.square(far[:, None] - far[kept]).sum(axis=2).min(axis=1).argmax()))
    assert ranking[:5] == kept


def test_a_folder_becomes_a_ranking_on_both_databases(
    databases: Databases, photos: Path, tmp_path: Path
) -> None:
    data, url = databases.migrated()
    with open_store(data, url) as store, working(data, url):
        desk = Desk(store)
        dataset_id = desk.dataset(photos)
        made = desk.curate(dataset_id)
        check_run(store, dataset_id, photos, made, tmp_path)
        assert [path.name for path in (data / "work").iterdir()] == []
        ended = jobs.list_page(store, None, 10).items
        assert [(job.kind, job.state, job.done, job.total) for job in reversed(ended)] == [
            ("ingest", "succeeded", N, N),
            ("embed", "succeeded", N, N),
            ("project", "succeeded", 100, 100),
            ("select", "succeeded", 5, 5),
        ]
        assert all(job.started_at and job.finished_at and job.started_at <= job.finished_at for job in ended)


def test_a_second_ingest_adds_what_is_new_and_moves_nothing(desk: Desk, photos: Path) -> None:
    store, dataset_id = desk.store, desk.dataset(photos)
    first = desk.curate(dataset_id)
    initial = tags.list_page(store, dataset_id, None, 10).items[0]
    before = [matrix_of(store, dataset_id, one) for one in (first.full_id, first.reduced_id)]
    basis = embeddings.state(store, dataset_id, first.reduced_id).basis
    old_points = read_arrow(projections.points(store, dataset_id, first.projection_id))

    Image.new("RGB", (50, 40), "teal").save(photos / "A.png")  # sorts first, and yet it comes last
    Image.new("RGB", (40, 50), "olive").save(photos / "B.png")
    result = desk.done(ingest.create(store, dataset_id))
    assert (result["new"], result["existing"], result["problems"]) == (2, N, 0)
    assert [one.file_name for one in samples.list_page(store, dataset_id, N - 1, 9).items] == [
        "A.png",
        "B.png",
    ]
    child = tags.get(store, dataset_id, str(result["tag_id"]))
    assert (child.name, child.parent_id, child.n_members) == ("upload-2", initial.id, N + 2)
    assert tags.get(store, dataset_id, initial.id) == initial

    second = desk.rest(dataset_id)
    assert (second.full_id, second.reduced_id, second.projection_id) == (
        first.full_id,
        first.reduced_id,
        first.projection_id,
    )
    assert second.selection_id != first.selection_id
    embedded = jobs.list_page(store, None, 9, dataset_id).items[2]
    assert (embedded.kind, embedded.result["encoded"]) == ("embed", 2)
    for embedding_id, old in zip((first.full_id, first.reduced_id), before, strict=True):
        assert matrix_of(store, dataset_id, embedding_id)[:N].tobytes() == old.tobytes()
    assert embeddings.state(store, dataset_id, first.reduced_id).basis == basis
    points = read_arrow(projections.points(store, dataset_id, first.projection_id))
    assert points.slice(0, N).equals(old_points)
    assert points.num_rows == N + 2
    assert not np.isnan(points.column("x").to_numpy()).any()


def test_a_layout_is_made_anew_once_most_of_its_samples_are_new(desk: Desk, tmp_path: Path) -> None:
    photos = write_photos(tmp_path / "photos", 6)
    store, dataset_id = desk.store, desk.dataset(photos)
    first = desk.curate(dataset_id)
    for path in write_photos(tmp_path / "more", 9).iterdir():
        path.rename(photos / f"more_{path.name}")
    desk.done(ingest.create(store, dataset_id))
    second = desk.rest(dataset_id)
    assert second.projection_id == first.projection_id
    found = read_arrow(projections.points(store, dataset_id, second.projection_id))
    straight = open_method("pca").project(matrix_of(store, dataset_id, second.reduced_id), seed=0)
    np.testing.assert_array_equal(np.column_stack([found.column("x"), found.column("y")]), straight)


def test_an_ingest_without_news_changes_nothing(desk: Desk, photos: Path) -> None:
    dataset_id = desk.dataset(photos)
    first = desk.done(ingest.create(desk.store, dataset_id))
    before = datasets.get(desk.store, dataset_id)
    second = desk.done(ingest.create(desk.store, dataset_id))
    assert second == {**first, "new": 0, "existing": N}
    after = datasets.get(desk.store, dataset_id)
    assert after.model_copy(update={"changed_at": before.changed_at}) == before


def test_encoding_again_makes_no_vector_twice(desk: Desk, photos: Path) -> None:
    dataset_id = desk.dataset(photos)
    desk.done(ingest.create(desk.store, dataset_id))
    first = desk.done(desk.embed(dataset_id))
    assert (first["encoded"], encoder_facts("pixels").dimension) == (N, 768)
    before = matrix_of(desk.store, dataset_id, str(first["embedding_id"]))
    assert desk.done(desk.embed(dataset_id)) == {**first, "encoded": 0}
    assert matrix_of(desk.store, dataset_id, str(first["embedding_id"])).tobytes() == before.tobytes()
