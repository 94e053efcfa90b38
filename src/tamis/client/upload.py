"""Uploading a folder: hash, ask what is needed, send that in parallel, close. Again, it sends nothing."""

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tamis.model.errors import Invalid, TooLarge
from tamis.model.image import looks_like_image
from tamis.model.upload import (
    MOST_CHECKED,
    FileConflict,
    FileFacts,
    FileResult,
    UploadReport,
)

if TYPE_CHECKING:
    from tamis.client.client import Client

Source = str | os.PathLike[str] | Iterable[str | os.PathLike[str]]
OnProgress = Callable[[int, int], object]
"""Told how many files of how many are done."""

BATCH_FILES = 32
BATCH_BYTES = 16 << 20
PARALLEL = 4
_PIECE = 1 << 20


@dataclass(frozen=True)
class LocalFile:
    """A file of ours, and the name that its sample will have."""

    path: Path
    name: str
    size_bytes: int = 0
    sha256: str = ""


@dataclass
class _Tally:
    """What has become of the files so far."""

    total: int
    on_progress: OnProgress | None
    added: int = 0
    existing: int = 0
    refused: list[FileConflict] = field(default_factory=list)

    def refuse(self, name: str, reason: str) -> None:
        self.refused.append(FileConflict(file_name=name, reason=reason))

    def note(self, results: Iterable[FileResult]) -> None:
        for result in results:
            if result.status == "refused":
                self.refuse(result.file_name, result.reason or "")
            else:
                self.added += result.status == "added"
                self.existing += result.status == "existing"

    def report(self) -> None:
        if self.on_progress is not None:
            self.on_progress(self.added + self.existing + len(self.refused), self.total)


def upload(
    to: "Client", dataset_id: str, source: Source, on_progress: OnProgress | None = None
) -> UploadReport:
    """Do what `Client.upload` says."""
    files = list(local_files(source))
    opened = to.create_upload(dataset_id)
    tally = _Tally(len(files), on_progress)
    sending = _Sending(to, dataset_id, opened.id)
    under_way: set[Future[list[FileResult]]] = set()
    with ThreadPoolExecutor(PARALLEL) as senders, ThreadPoolExecutor(PARALLEL) as hashers:
        try:
            for start in range(0, len(files), MOST_CHECKED):
                hashed = _hash(hashers, files[start : start + MOST_CHECKED], tally)
                needed = _needed(to, dataset_id, opened.id, hashed, tally)
                under_way |= {senders.submit(sending.send, batch) for batch in batches(needed)}
                under_way = _collect(under_way, tally, all_of_them=False)
            _collect(under_way, tally, all_of_them=True)
        except BaseException:
            senders.shutdown(wait=False, cancel_futures=True)  # what is being sent ends, the rest is not sent
            raise
    closed = to.close_upload(dataset_id, opened.id)
    return UploadReport(
        upload=closed.upload,
        tag=closed.tag,
        jobs=closed.jobs,
        n_added=tally.added,
        n_existing=tally.existing,
        refused=tally.refused,
    )


def local_files(source: Source) -> Iterator[LocalFile]:
    """Yield the files of a folder by their paths below it, in order; or single files by their own names.

    Of a folder those are taken whose names look like images; hidden files and folders are passed over.

    Raises:
        Invalid: there is no such file or folder.
    """
    if isinstance(source, str | os.PathLike):
        path = Path(source)
        if path.is_dir():
            yield from (LocalFile(found, found.relative_to(path).as_posix()) for found in _walk(path))
            return
        source = [path]
    for one in source:
        path = Path(one)
        if path.is_dir():
            yield from (LocalFile(found, found.relative_to(path.parent).as_posix()) for found in _walk(path))
        elif path.exists():
            yield LocalFile(path, path.name)
        else:
            raise Invalid(f"There is no file or folder '{path}'.", field="source")


def _walk(folder: Path) -> Iterator[Path]:
    with os.scandir(folder) as entries:
        found = sorted(entries, key=lambda entry: entry.name)
    for entry in found:
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(Path(entry.path))
        elif looks_like_image(entry.name):
            yield Path(entry.path)


def _hash(pool: ThreadPoolExecutor, files: Sequence[LocalFile], tally: _Tally) -> list[LocalFile]:
    """Return the files with size and hash; what cannot be read is refused here."""
    hashed = []
    for file, found in zip(files, pool.map(_hash_one, files), strict=True):
        if isinstance(found, LocalFile):
            hashed.append(found)
        else:
            tally.refuse(file.name.encode(errors="backslashreplace").decode(), found)
    return hashed


def _hash_one(file: LocalFile) -> LocalFile | str:
    if not file.name.isprintable() and any("\ud800" <= character <= "\udfff" for character in file.name):
        return "The file name is not in UTF-8. Rename the file."
    found = hashlib.sha256()
    size = 0
    try:
        with file.path.open("rb") as opened:
            while piece := opened.read(_PIECE):
                found.update(piece)
                size += len(piece)
    except OSError as error:
        return f"The file cannot be read: {error.strerror}."
    return LocalFile(file.path, file.name, size, found.hexdigest())


def _needed(
    to: "Client", dataset_id: str, upload_id: str, files: Sequence[LocalFile], tally: _Tally
) -> list[LocalFile]:
    facts = [FileFacts(file_name=one.name, size_bytes=one.size_bytes, sha256=one.sha256) for one in files]
    checked = to.check_upload(dataset_id, upload_id, facts)
    tally.existing += len(checked.existing)
    tally.refused += checked.conflicts
    tally.report()
    needed = set(checked.needed)
    return [one for one in files if one.name in needed]


def batches(files: Iterable[LocalFile]) -> Iterator[list[LocalFile]]:
    """Put files together into requests that are neither many nor large; a large file goes alone."""
    batch: list[LocalFile] = []
    size = 0
    for file in files:
        if batch and (len(batch) == BATCH_FILES or size + file.size_bytes > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(file)
        size += file.size_bytes
    if batch:
        yield batch


@dataclass(frozen=True)
class _Sending:
    """Sends batches to one upload."""

    to: "Client"
    dataset_id: str
    upload_id: str

    def send(self, batch: list[LocalFile]) -> list[FileResult]:
        """Send a batch; one that is too large for the server is halved, down to the file that is."""
        loaded: list[tuple[str, bytes]] = []
        gone: list[FileResult] = []
        for file in batch:
            try:
                loaded.append((file.name, file.path.read_bytes()))
            except OSError as error:
                reason = f"The file cannot be read: {error.strerror}."
                gone.append(FileResult(file_name=file.name, status="refused", reason=reason))
        return gone + (self._send(loaded) if loaded else [])

    def _send(self, loaded: list[tuple[str, bytes]]) -> list[FileResult]:
        try:
            return self.to.send_files(self.dataset_id, self.upload_id, loaded).results
        except TooLarge as error:
            if len(loaded) == 1:
                return [FileResult(file_name=loaded[0][0], status="refused", reason=error.message)]
            half = len(loaded) // 2
            return self._send(loaded[:half]) + self._send(loaded[half:])


def _collect(
    under_way: set[Future[list[FileResult]]], tally: _Tally, *, all_of_them: bool
) -> set[Future[list[FileResult]]]:
    """Note what has been sent; unless all are waited for, only until the senders have little to do."""
    while under_way and (all_of_them or len(under_way) > 2 * PARALLEL):
        done, under_way = wait(under_way, return_when=FIRST_COMPLETED)
        for future in done:
            tally.note(future.result())
        tally.report()
    return under_way
