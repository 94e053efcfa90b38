"""A worker that was killed is followed by one that ends with the identical result."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from tamis.model.job import Job
from tamis.model.tag import FromSelection, TagCreate
from tamis.services import doctor, embeddings, ingest, jobs, projections, samples, selections, tags
from tamis.store import vectors
from tamis.store.store import Store, open_store
from tests.folders import write_photos
from tests.jobs.conftest import Desk, Outcome, Worker, outcome, until, working

pytestmark = pytest.mark.xdist_group("worker")
N = 20


def begun(store: Store, job: Job) -> bool:
    return jobs.get(store, job.id).state != "queued"


def all_encoded(store: Store, job: Job) -> bool:
    row = jobs.get(store, job.id)
    return 0 < row.total == row.done


def thumbnail_written(store: Store, _: Job) -> bool:
    return any((store.folder.path / "thumbnails").iterdir())


def signature(store: Store, dataset_id: str, made: Outcome) -> dict[str, object]:
    """All that must not depend on having been killed."""
    found: dict[str, object] = {
        "samples": [
            (one.position, one.file_name, one.sha256, one.measures)
            for one in samples.list_page(store, dataset_id, None, 100).items
        ],
        "problems": [one.file_name for one in samples.problems(store, dataset_id, None, 100).items],
        "projection": projections.get(store, dataset_id, made.projection_id).array,
        "ranking": selections.get(store, dataset_id, made.selection_id).ranking,
        "jobs": [(job.kind, job.state) for job in jobs.list_page(store, None, 100, dataset_id).items],
    }
    for name, embedding_id in (("full", made.full_id), ("reduced", made.reduced_id)):
        state = embeddings.state(store, dataset_id, embedding_id)
        positions, matrix = vectors.read(store.folder, embedding_id, state.lance_version)
        digest = embeddings.get(store, dataset_id, embedding_id).digest
        assert positions.tolist() == state.covered.tolist() == list(range(N))
        found[name] = (hashlib.sha256(matrix.tobytes()).hexdigest(), state.basis, digest)
    source = FromSelection(selection_id=made.selection_id, keep=5)
    tag = tags.create(store, dataset_id, TagCreate(name="best", source=source))
    # By name: worker and test make ids in the same second, and then either may come first.
    found["tags"] = {one.name: one.digest for one in tags.list_page(store, dataset_id, None, 10).items}
    found["paths"] = tags.paths(store, dataset_id, tag.id, new_only=False)
    return found


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_photos(tmp_path_factory.mktemp("killed") / "photos", N)
    (folder / "bad.jpg").write_text("no image")
    return folder


def vectors_written(store: Store) -> bool:
    return any(store.folder.path.glob("vectors/*/_versions/*.manifest"))


def kill(
    desk: Desk,
    worker: Worker,
    job: Job,
    moment: Callable[[Store, Job], bool],
    meanwhile: Callable[[], object] = lambda: None,
) -> None:
    """Kill the worker at this moment; meanwhile it can go on, but not write to the database."""
    desk.lock_when(lambda: moment(desk.store, job), lambda: (meanwhile(), worker.kill()))


def test_killed_at_every_stage_it_ends_as_if_nothing_had_happened(
    desk: Desk, photos: Path, tmp_path: Path
) -> None:
    straight_id = desk.dataset(photos)
    straight = signature(desk.store, straight_id, desk.curate(straight_id))
    data = tmp_path / "data"
    with open_store(data) as store:
        killed = Desk(store)
        dataset_id = killed.dataset(photos)
        reading = ingest.create(store, dataset_id)
        with working(data) as worker:
            kill(killed, worker, reading, begun)
        with working(data) as worker:
            kill(killed, worker, reading, thumbnail_written)
        with working(data) as worker:
            killed.done(reading)
            encoding = killed.embed(dataset_id)
            kill(killed, worker, encoding, begun)
        with working(data) as worker:
            kill(killed, worker, encoding, all_encoded, lambda: until(lambda: vectors_written(store)))
        with working(data) as worker:
            embedded = killed.done(encoding)
            projecting = killed.project(dataset_id, embedded)
            kill(killed, worker, projecting, begun)
        with working(data) as worker:
            projected = killed.done(projecting)
            selecting = killed.select(dataset_id, embedded)
            kill(killed, worker, selecting, begun)
        with working(data):
            made = outcome(embedded, projected, killed.done(selecting))
        assert signature(store, dataset_id, made) == straight
        assert doctor.check(store) == []
