"""A dataset: a growing list of samples, each with a dense position."""

from tamis.model.names import Name
from tamis.model.noun import Id, Milliseconds, Noun


class Root(Noun):
    """A folder on the server whose images may be read in place. Only the CLI and an admin allow one."""

    id: Id
    path: str
    created_at: Milliseconds


class Dataset(Noun):
    """A dataset and its sizes. `root_id` is set when its images are read in place from a root."""

    id: Id
    name: str
    root_id: Id | None
    n_samples: int
    n_deleted: int
    n_problems: int
    total_bytes: int
    created_at: Milliseconds


class DatasetCreate(Noun):
    """What is needed to make a dataset."""

    name: Name
    root_id: Id | None = None
