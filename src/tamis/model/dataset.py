"""A dataset: a growing list of samples, each with a dense position."""

from typing import Annotated

from pydantic import AfterValidator

from tamis.model.errors import Invalid
from tamis.model.names import Name, clean_file_name
from tamis.model.noun import Id, Milliseconds, Noun, Text


def clean_folder(folder: str) -> str:
    """Return the path of a folder below a root, without a slash at its end; empty is the root itself.

    Raises:
        ValueError: it is absolute, climbs out, or is no name that Tamis keeps.
    """
    folder = folder.rstrip("/") if folder.strip("/") else folder
    try:
        return clean_file_name(folder.encode()) if folder else ""
    except Invalid as error:
        raise ValueError(error.message) from error


Folder = Annotated[Text, AfterValidator(clean_folder)]
"""A folder below a root, with `/` between its parts."""


class Root(Noun):
    """A folder on the server whose images may be read in place. Only the CLI and an admin allow one."""

    id: Id
    path: str
    created_at: Milliseconds


class Dataset(Noun):
    """A dataset and its sizes.

    `root_id` is set when its images are read in place, from `folder` below that root, or from the whole of
    it. `changed_at` is the moment of its last event.
    """

    id: Id
    name: str
    root_id: Id | None
    folder: str | None
    n_samples: int
    n_deleted: int
    n_problems: int
    total_bytes: int
    created_at: Milliseconds
    changed_at: Milliseconds


class DatasetCreate(Noun):
    """What is needed to make a dataset; with a root, its images are read in place."""

    name: Name
    root_id: Id | None = None
    folder: Folder | None = None


class DatasetRename(Noun):
    """The new name of a dataset."""

    name: Name


class FormatCount(Noun):
    """How many images have a format."""

    format: str
    n: int


class Spread(Noun):
    """The smallest, the middle and the largest of some numbers; of an even count, the lower middle."""

    smallest: int
    median: int
    largest: int


class DatasetSummary(Noun):
    """What the images of a dataset are like, without the deleted ones; most frequent format first."""

    n_samples: int
    n_deleted: int
    total_bytes: int
    formats: list[FormatCount]
    widths: Spread | None
    heights: Spread | None
