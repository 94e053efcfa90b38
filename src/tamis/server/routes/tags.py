"""Tags on the wire."""

from typing import Annotated

from fastapi import APIRouter, Query

from tamis.model.names import Name
from tamis.model.page import Page
from tamis.model.tag import Tag, TagCreate
from tamis.server.deps import After, Limit, PathId, StoreDep
from tamis.services import tags

router = APIRouter(prefix="/api/datasets/{dataset_id}/tags", tags=["tags"])


@router.get("")
def list_tags(
    dataset_id: PathId,
    store: StoreDep,
    after: After = None,
    limit: Limit = 100,
    name: Annotated[Name | None, Query()] = None,
) -> Page[Tag]:
    """List tags, or find the one of this name."""
    return tags.list_page(store, dataset_id, after, limit, name)


@router.post("", status_code=201)
def create_tag(dataset_id: PathId, body: TagCreate, store: StoreDep) -> Tag:
    """Freeze a choice of samples under a name."""
    return tags.create(store, dataset_id, body)


@router.get("/{tag_id}")
def get_tag(dataset_id: PathId, tag_id: PathId, store: StoreDep) -> Tag:
    """Show a tag and how it was made."""
    return tags.get(store, dataset_id, tag_id)
