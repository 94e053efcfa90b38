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
from tests.jobs.conftest import Desk, Outcome, outcome, until, working

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
        "jobs": [(job.kind, job.state) for job in jobs.list_page(store, None, 100).items],
    }
    for name, embedding_id in (("full", made.full_id), ("reduced", made.reduced_id)):
        state = embeddings.state(store, dataset_id, embedding_id)
        positions, matrix = vectors.read(store.folder, embedding_id, state.lance_version)
        digest = embeddings.get(store, dataset_id, embedding_id).digest
        assert positions.tolist() == state.covered.tolist() == list(range(N))
        found[name] = (hashlib.sha256(matrix.tobytes()).hexdigest(), state.basis, digest)
    source = FromSelection(selection_id=made.selection_id, keep=5)
    tag = tags.create(store, dataset_id, TagCreate(name="best", source=source))
    found["tags"] = [one.digest for one in tags.list_page(store, dataset_id, None, 10).items]
    found["paths"] = tags.paths(store, dataset_id, tag.id, new_only=False)
    return found


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_photos(tmp_path_factory.mktemp("killed") / "photos", N)
    (folder / "bad.jpg").write_text("no image")
    return folder


@pytest.fixture(scope="module")
def straight(photos: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """What comes out when nobody is killed."""
    data = tmp_path_factory.mktemp("straight") / "data"
    with open_store(data) as store, working(data):
        desk = Desk(store)
        dataset_id = desk.dataset(photos)
        return signature(store, dataset_id, desk.curate(dataset_id))


def vectors_written(store: Store) -> bool:
    return any(store.folder.path.glob("vectors/*/_versions/*.manifest"))


def test_killed_at_every_stage_it_ends_as_if_nothing_had_happened(
    photos: Path, straight: dict[str, object], tmp_path: Path
) -> None:
    data = tmp_path / "data"
    with open_store(data) as store:
        desk = Desk(store)
        dataset_id = desk.dataset(photos)

        def killed(job: Job, moment: Callable[[Store, Job], bool], meanwhile: Callable[[], object]) -> None:
            """Kill the worker at this moment: it can go on, but not write to the database."""
            with working(data) as worker:
                desk.lock_when(lambda: moment(store, job), lambda: (meanwhile(), worker.kill()))

        def nothing() -> None: ...

        reading = ingest.create(store, dataset_id)
        killed(reading, begun, nothing)
        killed(reading, thumbnail_written, nothing)
        with working(data):
            desk.done(reading)
        encoding = desk.embed(dataset_id)
        killed(encoding, begun, nothing)
        killed(encoding, all_encoded, lambda: until(lambda: vectors_written(store)))
        with working(data):
            embedded = desk.done(encoding)
        projecting = desk.project(dataset_id, embedded)
        killed(projecting, begun, nothing)
        with working(data):
            projected = desk.done(projecting)
        selecting = desk.select(dataset_id, embedded)
        killed(selecting, begun, nothing)
        with working(data):
            made = outcome(embedded, projected, desk.done(selecting))
        assert signature(store, dataset_id, made) == straight
        assert doctor.check(store) == []
