"""A typed method for each route."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import TracebackType
from typing import Self, TypeVar

import httpx

from tamis.client.reading import Reading
from tamis.client.transport import Wire, checked, form_of
from tamis.client.upload import OnProgress, Source, upload
from tamis.client.waiting import wait_all
from tamis.model.dataset import Dataset, DatasetCreate, DatasetRename, DatasetSummary, Root
from tamis.model.digest import Json
from tamis.model.embedding import Embedding, EmbeddingCreate, EncoderFacts, Prepare
from tamis.model.finding import Finding
from tamis.model.job import Job, Jobs
from tamis.model.me import Me
from tamis.model.noun import Noun, Page
from tamis.model.projection import Projection, ProjectionCreate
from tamis.model.sample import Problem, Sample
from tamis.model.selection import Estimate, Selection, StrategyFacts
from tamis.model.tag import FromFileNames, FromSelection, Tag, TagCreate, TagRename
from tamis.model.token import Token, TokenCreate, TokenCreated
from tamis.model.upload import (
    FileFacts,
    Upload,
    UploadCheck,
    UploadChecked,
    UploadClosed,
    UploadCreate,
    UploadReport,
    UploadResults,
)

Item = TypeVar("Item", bound=Noun)
Path = str | os.PathLike[str]

_PAGE = 1000


class Client(Reading):
    """Talks to a Tamis server.

    Args:
        base_url: where the server is, as in `http://127.0.0.1:8000`.
        token: the secret or API token.
        socket: a Unix socket to go through instead of TCP.
        transport: any other way for a request to travel.
    """

    def __init__(
        self,
        base_url: str = "http://localhost",
        token: str | None = None,
        *,
        socket: Path | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._wire = Wire(base_url, token, socket=socket, transport=transport)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._wire.close()

    def ready(self) -> None:
        """Return when the server can work.

        Raises:
            Unavailable: it cannot; the message says what is missing.
        """
        self._wire.send("GET", "/readyz")

    # Datasets and their samples

    def datasets(self, root_id: str | None = None) -> Iterator[Dataset]:
        """Go through the datasets, of one root if it is named."""
        return self._pages(Dataset, "/api/datasets", root_id=root_id)

    def create_dataset(self, name: str, root_id: str | None = None, folder: str | None = None) -> Dataset:
        """Make an empty dataset; with a root, images are read in place from it or from a folder below it."""
        body = checked(DatasetCreate, name=name, root_id=root_id, folder=folder)
        return self._wire.json(Dataset, "POST", "/api/datasets", body=body)

    def dataset(self, dataset_id: str) -> Dataset:
        """Show a dataset and its sizes."""
        return self._wire.json(Dataset, "GET", f"/api/datasets/{dataset_id}")

    def summary(self, dataset_id: str) -> DatasetSummary:
        """Show what the images of a dataset are like."""
        return self._wire.json(DatasetSummary, "GET", f"/api/datasets/{dataset_id}/summary")

    def prepare(self, dataset_id: str, encoder: str = "lite0") -> list[Job]:
        """Make a dataset ready to be looked at: read its folder if it has one, encode and project."""
        path = f"/api/datasets/{dataset_id}/prepare"
        return self._wire.json(Jobs, "POST", path, body=Prepare(encoder=encoder)).jobs

    def rename_dataset(self, dataset_id: str, name: str) -> Dataset:
        """Give a dataset another name; its id, tags and digests stay."""
        body = checked(DatasetRename, name=name)
        return self._wire.json(Dataset, "PATCH", f"/api/datasets/{dataset_id}", body=body)

    def remove_dataset(self, dataset_id: str) -> None:
        """Remove a dataset; images read in place stay where they are."""
        self._wire.send("DELETE", f"/api/datasets/{dataset_id}")

    def ingest(self, dataset_id: str) -> Job:
        """Read the new images of the dataset's root."""
        return self._wire.json(Job, "POST", f"/api/datasets/{dataset_id}/samples", body={})

    def samples(self, dataset_id: str, tag_id: str | None = None) -> Iterator[Sample]:
        """Go through the samples by position, of one tag if it is named."""
        return self._pages(Sample, f"/api/datasets/{dataset_id}/samples", tag_id=tag_id)

    def sample(self, dataset_id: str, position: int) -> Sample:
        """Show a sample."""
        return self._wire.json(Sample, "GET", f"/api/datasets/{dataset_id}/samples/{position}")

    def annotate(self, dataset_id: str, metadata: dict[str, dict[str, Json]]) -> int:
        """Give metadata to samples by file name, and return to how many."""
        path = f"/api/datasets/{dataset_id}/samples"
        return self._wire.json(dict[str, int], "PATCH", path, body=metadata)["annotated"]

    def problems(self, dataset_id: str) -> Iterator[Problem]:
        """Go through the files that were refused."""
        return self._pages(Problem, f"/api/datasets/{dataset_id}/problems")

    # Uploads: at once, and one step at a time

    def upload(self, dataset_id: str, source: Source, on_progress: OnProgress | None = None) -> UploadReport:
        """Upload a folder, or files, to a dataset; what is there already is not sent again.

        A folder's files keep their paths below it as names; single files keep their own names. Interrupted,
        it is simply called again.

        Args:
            dataset_id: a dataset that does not read a folder in place.
            source: a folder, a file, or several of them.
            on_progress: called with (files done, files in all).

        Returns:
            How many files were added and were there already, which were refused and why, the tag, and the
            jobs that prepare the dataset: `wait_all` waits for them.
        """
        return upload(self, dataset_id, source, on_progress)

    def uploads(self, dataset_id: str) -> Iterator[Upload]:
        """Go through the uploads of a dataset."""
        return self._pages(Upload, f"/api/datasets/{dataset_id}/uploads")

    def create_upload(self, dataset_id: str) -> Upload:
        """Open an upload."""
        return self._wire.json(Upload, "POST", f"/api/datasets/{dataset_id}/uploads", body=UploadCreate())

    def upload_state(self, dataset_id: str, upload_id: str) -> Upload:
        """Show an upload and its counts."""
        return self._wire.json(Upload, "GET", f"/api/datasets/{dataset_id}/uploads/{upload_id}")

    def check_upload(self, dataset_id: str, upload_id: str, files: list[FileFacts]) -> UploadChecked:
        """Ask which of the files must be sent."""
        path = f"/api/datasets/{dataset_id}/uploads/{upload_id}/check"
        body = UploadCheck(files=files)
        return self._wire.json(UploadChecked, "POST", path, body=body, repeatable=True)

    def send_files(
        self, dataset_id: str, upload_id: str, files: Sequence[tuple[str, bytes]]
    ) -> UploadResults:
        """Send files, each with its name; sending them again does no harm."""
        form, content_type = form_of(files)
        path = f"/api/datasets/{dataset_id}/uploads/{upload_id}/files"
        return self._wire.json(
            UploadResults, "POST", path, body=form, content_type=content_type, repeatable=True
        )

    def close_upload(self, dataset_id: str, upload_id: str) -> UploadClosed:
        """Freeze what the dataset holds as a tag; closing twice does it once."""
        path = f"/api/datasets/{dataset_id}/uploads/{upload_id}/close"
        return self._wire.json(UploadClosed, "POST", path, repeatable=True)

    # Tags

    def tags(self, dataset_id: str, name: str | None = None) -> Iterator[Tag]:
        """Go through the tags, or only to the one of this name."""
        return self._pages(Tag, f"/api/datasets/{dataset_id}/tags", name=name)

    def tag(self, dataset_id: str, tag_id: str) -> Tag:
        """Show a tag and how it was made."""
        return self._wire.json(Tag, "GET", f"/api/datasets/{dataset_id}/tags/{tag_id}")

    def tag_selection(self, dataset_id: str, name: str, selection_id: str, keep: int) -> Tag:
        """Freeze the preselected samples and the first `keep` of a selection."""
        source = checked(FromSelection, selection_id=selection_id, keep=keep)
        return self._create_tag(dataset_id, checked(TagCreate, name=name, source=source))

    def tag_files(self, dataset_id: str, name: str, parent_id: str, file_names: list[str]) -> Tag:
        """Freeze the samples of these names."""
        source = checked(FromFileNames, parent_id=parent_id, file_names=file_names)
        return self._create_tag(dataset_id, checked(TagCreate, name=name, source=source))

    def rename_tag(self, dataset_id: str, tag_id: str, name: str) -> Tag:
        """Give a tag another name; its id and digest stay."""
        path = f"/api/datasets/{dataset_id}/tags/{tag_id}"
        return self._wire.json(Tag, "PATCH", path, body=checked(TagRename, name=name))

    def remove_tag(self, dataset_id: str, tag_id: str) -> None:
        """Remove a tag that no other came from; its images stay."""
        self._wire.send("DELETE", f"/api/datasets/{dataset_id}/tags/{tag_id}")

    def _create_tag(self, dataset_id: str, body: TagCreate) -> Tag:
        return self._wire.json(Tag, "POST", f"/api/datasets/{dataset_id}/tags", body=body)

    # Embeddings, projections, selections

    def embed(self, dataset_id: str, body: EmbeddingCreate) -> Job:
        """Encode the samples that have no vector yet."""
        return self._wire.json(Job, "POST", f"/api/datasets/{dataset_id}/embeddings", body=body)

    def embeddings(self, dataset_id: str) -> Iterator[Embedding]:
        """Go through the embeddings."""
        return self._pages(Embedding, f"/api/datasets/{dataset_id}/embeddings")

    def embedding(self, dataset_id: str, embedding_id: str) -> Embedding:
        """Show an embedding."""
        return self._wire.json(Embedding, "GET", f"/api/datasets/{dataset_id}/embeddings/{embedding_id}")

    def remove_embedding(self, dataset_id: str, embedding_id: str) -> None:
        """Remove an embedding with its reduced child, unless a tag or a selection was made with it."""
        self._wire.send("DELETE", f"/api/datasets/{dataset_id}/embeddings/{embedding_id}")

    def project(self, dataset_id: str, body: ProjectionCreate) -> Job:
        """Lay an embedding out in the plane."""
        return self._wire.json(Job, "POST", f"/api/datasets/{dataset_id}/projections", body=body)

    def projections(self, dataset_id: str) -> Iterator[Projection]:
        """Go through the projections."""
        return self._pages(Projection, f"/api/datasets/{dataset_id}/projections")

    def projection(self, dataset_id: str, projection_id: str) -> Projection:
        """Show a projection."""
        return self._wire.json(Projection, "GET", f"/api/datasets/{dataset_id}/projections/{projection_id}")

    def select(
        self,
        dataset_id: str,
        *,
        tag_id: str,
        embedding_id: str,
        strategy: dict[str, Json],
        n_samples: int,
        seed: int = 0,
        preselected_tag_id: str | None = None,
    ) -> Job:
        """Rank the samples of a tag by a strategy; `n_samples` counts new ones."""
        body: dict[str, Json] = {
            "tag_id": tag_id,
            "embedding_id": embedding_id,
            "strategy": strategy,
            "n_samples": n_samples,
            "seed": seed,
            "preselected_tag_id": preselected_tag_id,
        }
        return self._wire.json(Job, "POST", f"/api/datasets/{dataset_id}/selections", body=body)

    def estimate(self, dataset_id: str, body: Mapping[str, Json]) -> Estimate:
        """Tell how long a selection is likely to take; `body` is what `select` takes."""
        path = f"/api/datasets/{dataset_id}/selections/estimate"
        return self._wire.json(Estimate, "POST", path, body=dict(body))

    def selections(self, dataset_id: str) -> Iterator[Selection]:
        """Go through the selections."""
        return self._pages(Selection, f"/api/datasets/{dataset_id}/selections")

    def selection(self, dataset_id: str, selection_id: str) -> Selection:
        """Show a selection."""
        return self._wire.json(Selection, "GET", f"/api/datasets/{dataset_id}/selections/{selection_id}")

    # Jobs

    def jobs(self, dataset_id: str | None = None) -> Iterator[Job]:
        """Go through the jobs, of one dataset if it is named."""
        return self._pages(Job, "/api/jobs", dataset_id=dataset_id)

    def job(self, job_id: str) -> Job:
        """Show a job and how far it is."""
        return self._wire.json(Job, "GET", f"/api/jobs/{job_id}")

    def cancel(self, job_id: str) -> Job:
        """Ask a job to stop at its next safe point."""
        return self._wire.json(Job, "POST", f"/api/jobs/{job_id}/cancel")

    def wait(self, job: Job, on_progress: Callable[[Job], object] | None = None) -> Job:
        """Wait until a job has succeeded.

        Raises:
            JobFailed: it failed.
            JobCancelled: it was cancelled.
        """
        return self.wait_all([job], on_progress)[0]

    def wait_all(self, jobs: list[Job], on_progress: Callable[[Job], object] | None = None) -> list[Job]:
        """Wait until all of these jobs have succeeded."""
        return wait_all(jobs, self.job, on_progress)

    # Tokens

    def me(self) -> Me:
        """Say who this client is to the server, and what it may do."""
        return self._wire.json(Me, "GET", "/api/me")

    def tokens(self) -> Iterator[Token]:
        """Go through the API tokens, newest first."""
        return self._pages(Token, "/api/tokens")

    def create_token(self, new: TokenCreate) -> TokenCreated:
        """Make an API token; its secret is in this answer and nowhere else."""
        return self._wire.json(TokenCreated, "POST", "/api/tokens", body=new)

    def revoke_token(self, token_id: str) -> None:
        """Close a token for good."""
        self._wire.send("DELETE", f"/api/tokens/{token_id}")

    # What there is

    def strategies(self) -> list[StrategyFacts]:
        """List the strategies and their parameters."""
        return self._wire.json(list[StrategyFacts], "GET", "/api/strategies")

    def encoders(self) -> list[EncoderFacts]:
        """List the encoders."""
        return self._wire.json(list[EncoderFacts], "GET", "/api/encoders")

    def roots(self) -> list[Root]:
        """List the folders of the server that may be read in place."""
        return self._wire.json(list[Root], "GET", "/api/roots")

    def folders(self, root_id: str, below: str = "") -> list[str]:
        """List the names of the folders in a root, or in a folder below it."""
        return self._wire.json(list[str], "GET", f"/api/roots/{root_id}/folders", query={"below": below})

    def doctor(self) -> list[Finding]:
        """List what does not fit between the database and the files."""
        return self._wire.json(list[Finding], "GET", "/api/doctor")

    def _pages(self, kind: type[Item], path: str, **query: str | None) -> Iterator[Item]:
        after: str | None = None
        while True:
            page = self._wire.json(Page[kind], "GET", path, query={**query, "after": after, "limit": _PAGE})  # type: ignore[valid-type]  # pydantic makes the class at run time
            yield from page.items
            after = page.next
            if after is None:
                return
