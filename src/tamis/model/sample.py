"""A sample: an image in a dataset, found by its position."""

from typing import Literal

from tamis.model.digest import Json
from tamis.model.image import ImageFacts
from tamis.model.noun import Id, Milliseconds, Noun

ImageState = Literal["full", "thumbnail", "none"]


class Sample(ImageFacts):
    """An image with its place in the dataset: positions are dense and never given twice."""

    dataset_id: Id
    position: int
    file_name: str
    state: ImageState
    metadata: dict[str, Json]
    created_at: Milliseconds


class Problem(Noun):
    """A file that was refused, and why."""

    file_name: str
    reason: str
    job_id: Id
