"""What is trained on: the image files of a folder, or the originals of a dataset, wherever they lie."""

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from tamis.cli.options import check_folder, load_settings
from tamis.cli.output import Usage
from tamis.images.listing import walk
from tamis.model.errors import Invalid
from tamis.model.image import BadImageReason
from tamis.model.names import shown_file_name


@dataclass(frozen=True)
class File:
    """An image: its name in lists, its path below the source's folder, its SHA-256 if it never changes."""

    name: str
    relative: bytes
    sha256: str | None = None


@dataclass(frozen=True)
class Source:
    """Image files below a folder, in a fixed order. `target` is what `tamis train` is to be called with."""

    target: str
    folder: Path
    files: tuple[File, ...]
    is_dataset: bool = False

    def some(self, rows: Iterable[int]) -> "Source":
        """Return some of the files."""
        return replace(self, files=tuple(self.files[row] for row in rows))

    def relatives(self) -> list[bytes]:
        """Return the paths of all files below the folder."""
        return [file.relative for file in self.files]

    def digest(self) -> str:
        """Name the files without reading them: by path, size and time of change, or by name and content."""
        facts = hashlib.sha256()
        for file in self.files:
            if file.sha256 is not None:
                facts.update(f"{file.name}\0{file.sha256}\0".encode())
                continue
            try:
                stat = (self.folder / os.fsdecode(file.relative)).stat()
            except OSError:
                continue
            facts.update(b"%b\0%d\0%d\0" % (file.relative, stat.st_size, stat.st_mtime_ns))
        return facts.hexdigest()

    def why(self, file: File, reason: BadImageReason | None) -> str:
        """Say why a file was refused."""
        if file.sha256 is not None and reason is BadImageReason.VANISHED:
            return "The original of this image is missing. Run `tamis doctor`."
        return str(reason)


def find_source(target: str, data: Path | None) -> Source:
    """Find the folder of this path, or else the dataset of this name.

    Raises:
        Invalid: it holds no images.
        NotFound: there is no such dataset.
        Usage: there is neither.
    """
    if Path(target).exists():
        return folder_source(Path(target))
    settings = load_settings(data)
    if not (settings.data / "tamis.json").exists():
        raise Usage(
            f"There is no folder '{target}', and no data folder at '{settings.data}' that a dataset could be "
            "in. Name its data folder with --data, on the machine where that is, or a folder of images.",
            field="DIR|DATASET",
        )
    return _dataset_source(target, data)


def folder_source(folder: Path) -> Source:
    """List the images below a folder.

    Raises:
        Invalid: there are none.
        Usage: it is no folder.
    """
    check_folder(folder)
    folder = folder.resolve()
    files = tuple(File(shown_file_name(relative), relative) for relative in walk(folder))
    if not files:
        raise Invalid(f"There are no images in '{folder}'.")
    return Source(str(folder), folder, files)


def _dataset_source(name: str, data: Path | None) -> Source:
    from tamis.cli.door import open_door
    from tamis.cli.find import find_dataset
    from tamis.services import samples

    with open_door(load_settings(data), works=False) as door:
        dataset = find_dataset(door.client, name)
        with door.store() as store:
            folder, originals = samples.originals(store, dataset.id)
    if not originals and dataset.n_samples:
        raise Invalid(
            f"All {dataset.n_samples} images of the dataset '{dataset.name}' are deleted. Add others."
        )
    if not originals:
        raise Invalid(f"The dataset '{dataset.name}' has no images yet. Add some, then train.")
    files = tuple(File(one.file_name, one.relative, one.sha256 if one.is_kept else None) for one in originals)
    return Source(dataset.name, folder, files, is_dataset=True)
