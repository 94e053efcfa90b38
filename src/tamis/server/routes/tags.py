"""Tags on the wire, and the lists of their files."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from tamis.model.names import Name
from tamis.model.noun import Id, Page
from tamis.model.tag import Tag, TagCreate, TagRename
from tamis.server import answers
from tamis.server.deps import After, Limit, PathId, StoreDep
from tamis.services import tags

router = APIRouter(prefix="/api/datasets/{dataset_id}", tags=["tags"])


@router.get("/tags")
def list_tags(
    dataset_id: PathId,
    store: StoreDep,
    after: After = None,
    limit: Limit = 100,
    name: Annotated[Name | None, Query()] = None,
) -> Page[Tag]:
    """List tags, or find the one of this name."""
    return tags.list_page(store, dataset_id, after, limit, name)


@router.post("/tags", status_code=201)
def create_tag(dataset_id: PathId, body: TagCreate, store: StoreDep) -> Tag:
    """Freeze a choice of samples under a name."""
    return tags.create(store, dataset_id, body)


@router.get("/tags/{tag_id}")
def get_tag(dataset_id: PathId, tag_id: PathId, store: StoreDep) -> Tag:
    """Show a tag and how it was made."""
    return tags.get(store, dataset_id, tag_id)


@router.patch("/tags/{tag_id}")
def rename_tag(dataset_id: PathId, tag_id: PathId, body: TagRename, store: StoreDep) -> Tag:
    """Give a tag another name; its digest stays."""
    return tags.rename(store, dataset_id, tag_id, body.name)


@router.delete("/tags/{tag_id}", status_code=204)
def remove_tag(dataset_id: PathId, tag_id: PathId, store: StoreDep) -> None:
    """Remove a tag that no other came from. Its images stay, and the selection that it was saved from."""
    tags.remove(store, dataset_id, tag_id)


@router.get("/tags/{tag_id}/members", response_class=Response)
def get_members(dataset_id: PathId, tag_id: PathId, store: StoreDep, request: Request) -> Response:
    """Send a tag's members that are not deleted: bit i % 8 of byte i // 8 is the sample at position i."""
    return answers.bitset(request, tags.members(store, dataset_id, tag_id))


@router.get("/exports/paths", response_class=Response)
def export_paths(dataset_id: PathId, tag_id: Id, store: StoreDep, new_only: bool = False) -> Response:
    """List the files of a tag, one path per line relative to the root, best first for a selection."""
    return answers.lines(tags.paths(store, dataset_id, tag_id, new_only=new_only))
