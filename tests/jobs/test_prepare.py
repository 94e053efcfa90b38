"""The chain that prepares a dataset, with a real worker: read, encode, reduce, project."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from tamis.services import jobs, prepare, projections, tags
from tests.folders import write_photos
from tests.jobs.conftest import Desk, until

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
