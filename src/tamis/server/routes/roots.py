"""Roots on the wire: they can be looked at, and are never made here."""

from typing import Annotated

from fastapi import APIRouter, Query

from tamis.model.dataset import Folder, Root
from tamis.server.deps import PathId, StoreDep
from tamis.server.needs import needs
from tamis.services import roots

router = APIRouter(prefix="/api/roots", tags=["roots"])


@router.get("")
@needs("admin")
def list_roots(store: StoreDep) -> list[Root]:
    """List the folders that may be read in place. Only the command line allows one."""
    return roots.list_roots(store)


@router.get("/{root_id}/folders")
@needs("admin")
def list_folders(root_id: PathId, store: StoreDep, below: Annotated[Folder, Query()] = "") -> list[str]:
    """List the names of the folders in a root, or in a folder below it."""
    return roots.folders(store, root_id, below)
