"""The chain that prepares a dataset, with a real worker: read, encode, reduce, project."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from tamis.model.embedding import EmbeddingCreate
from tamis.services import embeddings, jobs, prepare, projections, tags, vectors
from tests import made
from tests.folders import write_photos
from tests.jobs.conftest import Desk, until
from tests.services.test_vectors import file_of

pytestmark = pytest.mark.xdist_group("worker")

N = 40


def test_a_folder_becomes_a_plot_without_another_word(desk: Desk, tmp_path: Path) -> None:
    dataset_id = desk.dataset(write_photos(tmp_path / "photos", N))
    ingest, embed = (desk.done(job) for job in prepare.submit(desk.store, dataset_id, "pixels"))
    assert (ingest["new"], embed["encoded"]) == (N, N)
    until(lambda: len(projections.list_page(desk.store, dataset_id, None, 10).items) == 2)
    found = projections.list_page(desk.store, dataset_id, None, 10).items
    assert sorted((one.method, one.n_points, one.embedding_id) for one in found) == [
        ("pca", N, embed["reduced_id"]),
        ("tsne", N, embed["reduced_id"]),
    ]
    for one in found:
        data = projections.points(desk.store, dataset_id, one.id)
        table = pa.ipc.open_file(pa.BufferReader(data)).read_all()
        assert all(np.isfinite(table.column(name).to_numpy()).all() for name in ("x", "y"))
    assert [tag.name for tag in tags.list_page(desk.store, dataset_id, None, 10).items] == ["initial-tag"]


def test_preparing_again_finds_all_of_it_done(desk: Desk, tmp_path: Path) -> None:
    dataset_id = desk.dataset(write_photos(tmp_path / "photos", 5))
    for expected in (5, 0):
        embed = prepare.submit(desk.store, dataset_id, "pixels")[-1]
        assert desk.done(embed)["encoded"] == expected
        until(lambda: all(job.finished_at for job in jobs.list_page(desk.store, None, 100, dataset_id).items))
    assert len(projections.list_page(desk.store, dataset_id, None, 10).items) == 2


def test_uploaded_vectors_are_reduced_and_drawn(desk: Desk) -> None:
    names = [f"{i}.jpg" for i in range(30)]
    dataset_id = made.dataset_of(desk.store, *names, "without.jpg", name="uploaded")
    rows = np.random.default_rng(0).standard_normal((30, 70)).astype(np.float32)
    for number, columns in (("long", 70), ("short", 20)):
        vectors.add(desk.store, dataset_id, number, file_of(names, rows[:, :columns]))
        wanted = EmbeddingCreate(encoder=f"uploaded:{number}", dimensions=8, then_project=("pca",))
        done = desk.done(embeddings.create(desk.store, dataset_id, wanted))
        assert done["encoded"] == 0
        assert (done["reduced_id"] == done["embedding_id"]) == (number == "short")
        until(lambda: all(job.finished_at for job in jobs.list_page(desk.store, None, 100, dataset_id).items))
    found = sorted(embeddings.list_page(desk.store, dataset_id, None, 10).items, key=lambda one: one.name)
    assert [(one.name, one.kind, one.dimension, one.n_covered) for one in found] == [
        ("long", "full", 70, 30),
        ("long · PCA 8", "pca", 8, 30),
        ("short", "full", 20, 30),
    ]
    drawn = projections.list_page(desk.store, dataset_id, None, 10).items
    assert [one.embedding_id for one in drawn] == [found[1].id, found[2].id]
