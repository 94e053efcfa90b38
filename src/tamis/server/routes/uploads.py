"""Uploads on the wire: open, ask what is needed, send files, close."""

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool

from tamis.model.noun import Page
from tamis.model.upload import (
    Upload,
    UploadCheck,
    UploadChecked,
    UploadClosed,
    UploadCreate,
    UploadResults,
)
from tamis.server import multipart
from tamis.server.deps import After, Limit, PathId, StoreDep
from tamis.server.needs import needs
from tamis.services import uploads
from tamis.services.arrivals import Arrivals

router = APIRouter(prefix="/api/datasets/{dataset_id}/uploads", tags=["uploads"])

_FORM: dict[str, object] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["files"],
                    "properties": {
                        "files": {"type": "array", "items": {"type": "string", "format": "binary"}}
                    },
                }
            }
        },
    }
}


@router.get("")
def list_uploads(
    dataset_id: PathId, store: StoreDep, after: After = None, limit: Limit = 100
) -> Page[Upload]:
    """List the uploads of a dataset, oldest first."""
    return uploads.list_page(store, dataset_id, after, limit)


@router.post("", status_code=201)
@needs("upload")
def create_upload(dataset_id: PathId, body: UploadCreate, store: StoreDep) -> Upload:
    """Open an upload."""
    return uploads.create(store, dataset_id)


@router.get("/{upload_id}")
def get_upload(dataset_id: PathId, upload_id: PathId, store: StoreDep) -> Upload:
    """Show an upload and its counts."""
    return uploads.get(store, dataset_id, upload_id)


@router.post("/{upload_id}/check")
@needs("upload")
def check_upload(dataset_id: PathId, upload_id: PathId, body: UploadCheck, store: StoreDep) -> UploadChecked:
    """Tell which files must be sent; those that are there with the same content need not be."""
    return uploads.check(store, dataset_id, upload_id, body.files)


@router.post("/{upload_id}/files", openapi_extra=_FORM)
@needs("upload", content_type="multipart/form-data", large=True)
async def send_files(
    dataset_id: PathId, upload_id: PathId, request: Request, store: StoreDep
) -> UploadResults:
    """Add the files of a form, each in a part `files` whose file name is its relative path."""
    await run_in_threadpool(uploads.expect_open, store, dataset_id, upload_id)
    with Arrivals(store.folder) as arrivals:
        await multipart.receive(request, arrivals)
        engine = request.app.state.engine
        return await run_in_threadpool(uploads.receive, store, engine, dataset_id, upload_id, arrivals.files)


@router.post("/{upload_id}/close")
@needs("upload")
def close_upload(dataset_id: PathId, upload_id: PathId, store: StoreDep) -> UploadClosed:
    """Freeze what the dataset holds as a tag, and start what follows; closing twice does it once."""
    return uploads.close(store, dataset_id, upload_id)
