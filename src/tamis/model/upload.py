"""An upload: files that are sent to a dataset until it is closed, and what became of each."""

from typing import Annotated, Literal

from pydantic import Field

from tamis.model.job import Job
from tamis.model.noun import Digest, Id, Milliseconds, Noun
from tamis.model.tag import Tag

MOST_CHECKED = 1000
"""Files in one check."""

UploadState = Literal["open", "closed"]
FileStatus = Literal["added", "existing", "refused"]


class Upload(Noun):
    """`n_existing` counts how often a file was found in the dataset already; nothing was sent for it."""

    id: Id
    dataset_id: Id
    state: UploadState
    n_added: int
    n_existing: int
    n_refused: int
    created_at: Milliseconds
    closed_at: Milliseconds | None


class UploadCreate(Noun):
    """Begin an upload; there is nothing to choose."""


class FileFacts(Noun):
    """What is known of a file before it is sent. The name is its path, relative to what was dropped."""

    file_name: str
    size_bytes: int = Field(ge=0)
    sha256: Digest


class UploadCheck(Noun):
    """Files that somebody is about to send."""

    files: Annotated[list[FileFacts], Field(max_length=MOST_CHECKED)]


class FileConflict(Noun):
    """A file that would be refused, and why."""

    file_name: str
    reason: str


class UploadChecked(Noun):
    """Which of the files must be sent, which are there, and which would be refused; by the names given."""

    needed: list[str]
    existing: list[str]
    conflicts: list[FileConflict]


class FileResult(Noun):
    """What became of one file. `position` is set where the sample is in the dataset now."""

    file_name: str
    status: FileStatus
    reason: str | None = None
    position: int | None = None


class UploadResults(Noun):
    """One result for each file, in the order sent."""

    results: list[FileResult]


class UploadReport(Noun):
    """What a client's upload came to: by file, each counted once, and by what the server made of it all."""

    upload: Upload
    tag: Tag | None
    jobs: list[Job]
    n_added: int
    n_existing: int
    refused: list[FileConflict]


class UploadClosed(Noun):
    """A closed upload, the tag that it made (none where nothing is in the dataset), and what runs now."""

    upload: Upload
    tag: Tag | None
    jobs: list[Job]
