"""Uploads: what is needed, what became of each file that was sent, and the tag at the end.

A file is received, decoded in full in a child process, and kept as a blob, before one transaction makes it a
sample. So a sample has its picture, or there is no sample; sending a file again adds nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tamis.engine.base import Engine
from tamis.model.errors import Conflict, Invalid
from tamis.model.image import ImageFacts
from tamis.model.job import Job
from tamis.model.names import clean_sent_name, shown_file_name
from tamis.model.noun import Page
from tamis.model.upload import (
    FileConflict,
    FileFacts,
    FileResult,
    Upload,
    UploadChecked,
    UploadClosed,
    UploadResults,
)
from tamis.services import decoding, prepare, tags
from tamis.services.arrivals import Arrival
from tamis.store import blobs, datasets, events, jobs, samples, thumbnails, uploads
from tamis.store.database import Connection
from tamis.store.store import Store

OTHER_CONTENT = "The dataset has another image under this name. Rename the file to add it as well."


@dataclass(frozen=True)
class Read:
    """An image that was received and decoded."""

    facts: ImageFacts
    thumbnail: bytes


def create(store: Store, dataset_id: str) -> Upload:
    """Open an upload.

    Raises:
        Conflict: the dataset reads a folder in place.
    """
    with store.write() as connection:
        dataset = datasets.get(connection, dataset_id)
        if dataset.root_id is not None:
            raise Conflict(
                f"The dataset '{dataset.name}' reads a folder in place. Add the files to that folder, or "
                "upload them to another dataset."
            )
        return uploads.insert(connection, dataset_id)


def get(store: Store, dataset_id: str, upload_id: str) -> Upload:
    """Return an upload, or raise NotFound."""
    with store.read() as connection:
        return uploads.get(connection, dataset_id, upload_id)


def list_page(store: Store, dataset_id: str, after: str | None, limit: int) -> Page[Upload]:
    """Return a page of uploads, oldest first."""
    with store.read() as connection:
        datasets.get(connection, dataset_id)
        return uploads.list_page(connection, dataset_id, after, limit)


def expect_open(store: Store, dataset_id: str, upload_id: str) -> None:
    """Return if files may be sent.

    Raises:
        Conflict: the upload is closed.
        NotFound: there is no such upload.
    """
    with store.read() as connection:
        _open(connection, dataset_id, upload_id)


def check(store: Store, dataset_id: str, upload_id: str, files: Sequence[FileFacts]) -> UploadChecked:
    """Tell which of the files must be sent; one that is there under this name and hash need not be.

    Raises:
        Conflict: the upload is closed.
    """
    conflicts: list[FileConflict] = []
    named: list[tuple[str, FileFacts]] = []
    for file in files:
        try:
            named.append((clean_sent_name(file.file_name), file))
        except Invalid as error:
            conflicts.append(FileConflict(file_name=file.file_name, reason=error.message))
    with store.read() as connection:
        _open(connection, dataset_id, upload_id)
        known = samples.known(connection, dataset_id, [name for name, _ in named])
    needed, existing = [], []
    for name, file in named:
        before = known.get(name)
        if before is None:
            needed.append(file.file_name)
        elif before.sha256 != file.sha256:
            conflicts.append(FileConflict(file_name=file.file_name, reason=OTHER_CONTENT))
        elif blobs.is_whole(store.folder, before.sha256, before.size_bytes):
            existing.append(file.file_name)
        else:  # its blob was lost: sent again, it is mended
            needed.append(file.file_name)
    if existing:
        with store.write() as connection:
            uploads.count(connection, upload_id, existing=len(existing))
    return UploadChecked(needed=needed, existing=existing, conflicts=conflicts)


def receive(
    store: Store, engine: Engine, dataset_id: str, upload_id: str, arrived: Sequence[Arrival]
) -> UploadResults:
    """Decode the files that arrived, keep them, and make them samples in one transaction.

    Raises:
        Conflict: the upload was closed meanwhile.
        NoSpace: the disk is full; no sample was added.
    """
    with store.read() as connection:
        known = samples.known(connection, dataset_id, [one.name for one in arrived if one.name])
    fresh = [one for one in arrived if one.name is not None and one.name not in known]
    read, reasons = _decode(store, engine, fresh)
    _keep(store, arrived, known, read)
    with store.write() as connection:
        datasets.lock(connection, dataset_id)
        _open(connection, dataset_id, upload_id)
        results = _commit(connection, dataset_id, arrived, read, reasons)
        _note(connection, dataset_id, upload_id, arrived, results)
    return UploadResults(results=results)


def _decode(store: Store, engine: Engine, files: Sequence[Arrival]) -> tuple[dict[str, Read], dict[str, str]]:
    """Decode each distinct content once; return by its hash what is known of it, or why it is refused."""
    parts = {one.part.sha256: one.part for one in files if one.part is not None}
    read: dict[str, Read] = {}
    reasons: dict[str, str] = {}
    names = [part.name.encode() for part in parts.values()]
    for part, found in zip(parts.values(), decoding.read(engine, store.folder.incoming, names), strict=True):
        if found.facts is None or found.thumbnail is None:
            reasons[part.sha256] = found.reason.value if found.reason else "The image could not be read."
            continue
        # What the child says of the bytes is not taken on trust: it has decoded a stranger's file.
        own = {"sha256": part.sha256, "size_bytes": part.size_bytes}
        read[part.sha256] = Read(found.facts.model_copy(update=own), found.thumbnail)
    return read, reasons


def _keep(
    store: Store, arrived: Iterable[Arrival], known: Mapping[str, samples.Known], read: Mapping[str, Read]
) -> None:
    """Keep the bytes that a row is about to name, and those of a row whose blob was lost."""
    wanted = set(read) | {before.sha256 for before in known.values()}
    parts = {
        one.part.sha256: one.part.path
        for one in arrived
        if one.part is not None and one.part.sha256 in wanted
    }
    thumbnails.write_many(store.folder, {sha256: one.thumbnail for sha256, one in read.items()})
    blobs.keep_many(store.folder, parts)


def _commit(
    connection: Connection,
    dataset_id: str,
    arrived: Sequence[Arrival],
    read: Mapping[str, Read],
    reasons: Mapping[str, str],
) -> list[FileResult]:
    names = [one.name for one in arrived if one.name is not None]
    before = samples.known(connection, dataset_id, names)
    hashes = {name: found.sha256 for name, found in before.items()}
    new: list[samples.NewSample] = []
    results: list[FileResult] = []
    for one in arrived:
        if one.name is None or one.part is None:
            results.append(FileResult(file_name=one.sent_name, status="refused", reason=one.reason))
        elif one.name in hashes:
            same = hashes[one.name] == one.part.sha256
            results.append(
                FileResult(file_name=one.sent_name, status="existing")
                if same
                else FileResult(file_name=one.sent_name, status="refused", reason=OTHER_CONTENT)
            )
        elif one.part.sha256 in reasons:
            reason = reasons[one.part.sha256]
            results.append(FileResult(file_name=one.sent_name, status="refused", reason=reason))
        else:
            hashes[one.name] = one.part.sha256
            new.append(samples.NewSample(one.name, None, read[one.part.sha256].facts))
            results.append(FileResult(file_name=one.sent_name, status="added"))
    if new:
        samples.insert(connection, dataset_id, new)
        events.add(connection, "samples.added", dataset_id, dataset_id)
    positions = samples.positions_of(connection, dataset_id, names)
    return [
        result.model_copy(update={"position": positions.get(one.name)})
        if one.name is not None and result.status != "refused"
        else result
        for one, result in zip(arrived, results, strict=True)
    ]


def _note(
    connection: Connection,
    dataset_id: str,
    upload_id: str,
    arrived: Sequence[Arrival],
    results: Sequence[FileResult],
) -> None:
    """Record the refusals as problems of the dataset, and count what came."""
    refused: dict[str, str] = {}
    fine: list[str] = []
    for one, result in zip(arrived, results, strict=True):
        if result.status == "refused":
            shown = one.name or shown_file_name(one.sent_name.encode(errors="surrogatepass"), raw=True)
            refused[shown] = result.reason or ""
        elif one.name is not None:
            fine.append(one.name)
    samples.set_problems(connection, dataset_id, upload_id, refused, fine)
    statuses = [result.status for result in results]
    uploads.count(connection, upload_id, added=statuses.count("added"), existing=statuses.count("existing"))


def close(store: Store, dataset_id: str, upload_id: str) -> UploadClosed:
    """Take no more files, freeze what the dataset holds as a tag, and prepare it to be looked at.

    One that is closed already stays as it was; one whose closing was interrupted is closed to the end.

    Raises:
        NotFound: there is no such upload.
    """
    with store.write() as connection:
        dataset = datasets.lock(connection, dataset_id)
        uploads.get(connection, dataset_id, upload_id)
        uploads.close(connection, dataset_id, upload_id)
        tag_id = uploads.tag_of(connection, upload_id)
    if tag_id is not None:
        under_way = _under_way(store, dataset_id)
    elif dataset.n_samples > dataset.n_deleted:
        tag_id = tags.close_upload(store, dataset_id).id
        under_way = prepare.submit(store, dataset_id)
        with store.write() as connection:
            uploads.set_tag(connection, upload_id, tag_id)
    else:
        under_way = []
    with store.read() as connection:
        upload = uploads.get(connection, dataset_id, upload_id)
    tag = tags.get(store, dataset_id, tag_id) if tag_id else None
    return UploadClosed(upload=upload, tag=tag, jobs=under_way)


def _under_way(store: Store, dataset_id: str) -> list[Job]:
    with store.read() as connection:
        return [jobs.get(connection, job_id) for job_id, _ in jobs.active(connection, dataset_id)]


def _open(connection: Connection, dataset_id: str, upload_id: str) -> None:
    if uploads.get(connection, dataset_id, upload_id).state == "closed":
        raise Conflict(f"The upload '{upload_id}' is closed. Open another one.")
