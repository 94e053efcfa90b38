"""Exports on the wire."""

from fastapi import APIRouter, Response

from tamis.model.noun import Id
from tamis.server import answers
from tamis.server.deps import PathId, StoreDep
from tamis.services import tags

router = APIRouter(prefix="/api/datasets/{dataset_id}/exports", tags=["exports"])


@router.get("/paths", response_class=Response)
def export_paths(dataset_id: PathId, tag_id: Id, store: StoreDep, new_only: bool = False) -> Response:
    """List the files of a tag, one path per line relative to the root, best first for a selection."""
    return answers.lines(tags.paths(store, dataset_id, tag_id, new_only=new_only))
