"""Uploads: what is needed, what became of each file that was sent, and the tag at the end."""

from collections.abc import Sequence

from tamis.model.errors import Unavailable
from tamis.model.noun import Page
from tamis.model.upload import FileFacts, Upload, UploadChecked, UploadClosed
from tamis.store.store import Store

_SOON = "Uploads are not there yet."


def create(store: Store, dataset_id: str) -> Upload:
    """Open an upload."""
    raise Unavailable(_SOON)


def get(store: Store, dataset_id: str, upload_id: str) -> Upload:
    """Return an upload, or raise NotFound."""
    raise Unavailable(_SOON)


def list_page(store: Store, dataset_id: str, after: str | None, limit: int) -> Page[Upload]:
    """Return a page of uploads, oldest first."""
    raise Unavailable(_SOON)


def check(store: Store, dataset_id: str, upload_id: str, files: Sequence[FileFacts]) -> UploadChecked:
    """Tell which of the files must be sent."""
    raise Unavailable(_SOON)


def close(store: Store, dataset_id: str, upload_id: str) -> UploadClosed:
    """Freeze what the dataset holds, and start what follows."""
    raise Unavailable(_SOON)
