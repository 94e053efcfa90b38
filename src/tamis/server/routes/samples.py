"""Samples on the wire: their facts, their pictures, and the job that reads them in place."""

from fastapi import APIRouter, Request, Response

from tamis.model.job import Job
from tamis.model.noun import CheckedJson, Noun, Page, Text
from tamis.model.sample import Problem, Sample
from tamis.server import answers
from tamis.server.deps import (
    After,
    AfterPosition,
    Limit,
    PathId,
    Position,
    Positions,
    QueryId,
    Side,
    StoreDep,
)
from tamis.services import ingest, samples

router = APIRouter(prefix="/api/datasets/{dataset_id}", tags=["samples"])

Metadata = dict[Text, dict[Text, CheckedJson]]
"""What is to be added to samples, by file name."""


class Ingest(Noun):
    """Read the images of the dataset's root in place; there is nothing to choose."""


class Annotated(Noun):
    """How many samples were given metadata."""

    annotated: int


@router.get("/samples")
def list_samples(
    dataset_id: PathId,
    store: StoreDep,
    after: AfterPosition = None,
    limit: Limit = 100,
    tag_id: QueryId = None,
) -> Page[Sample]:
    """List samples by position, of one tag if it is named."""
    return samples.list_page(store, dataset_id, after, limit, tag_id)


@router.post("/samples", status_code=202)
def ingest_samples(dataset_id: PathId, body: Ingest, store: StoreDep) -> Job:
    """Read the new images of the dataset's root, as a job."""
    return ingest.create(store, dataset_id)


@router.patch("/samples")
def annotate_samples(dataset_id: PathId, body: Metadata, store: StoreDep) -> Annotated:
    """Give metadata to samples, by file name."""
    return Annotated(annotated=samples.annotate(store, dataset_id, body))


@router.get("/samples/{position}")
def get_sample(dataset_id: PathId, position: Position, store: StoreDep) -> Sample:
    """Show a sample."""
    return samples.get(store, dataset_id, position)


@router.get("/samples/{position}/image", response_class=Response)
def get_image(dataset_id: PathId, position: Position, store: StoreDep) -> Response:
    """Send the image as it was read."""
    return answers.picture(*samples.image(store, dataset_id, position))


@router.get("/samples/{position}/thumbnail", response_class=Response)
def get_thumbnail(dataset_id: PathId, position: Position, store: StoreDep) -> Response:
    """Send the image as an upright JPEG of at most 512 pixels a side."""
    return answers.picture(samples.thumbnail(store, dataset_id, position), "image/jpeg")


@router.get("/present", response_class=Response)
def get_present(dataset_id: PathId, store: StoreDep, request: Request) -> Response:
    """Send all samples that are not deleted: bit i % 8 of byte i // 8 is the sample at position i."""
    return answers.bitset(request, samples.present(store, dataset_id))


@router.get("/thumbnails", response_class=Response)
def get_thumbnails(dataset_id: PathId, positions: Positions, store: StoreDep, size: Side = 160) -> Response:
    """Send many pictures at once, as an Arrow file {position u32, jpeg binary} by position.

    Each is upright, and its longest side has at most `size` pixels. Samples that are deleted or have no
    thumbnail are left out.
    """
    return answers.pictures(samples.small_thumbnails(store, dataset_id, positions, size))


@router.get("/problems")
def list_problems(
    dataset_id: PathId, store: StoreDep, after: After = None, limit: Limit = 100
) -> Page[Problem]:
    """List the files that were refused, and why."""
    return samples.problems(store, dataset_id, after, limit)
