"""Whether the server runs, and whether it is ready; the only routes that are open to all."""

from fastapi import APIRouter, Request

from tamis.model.errors import Unavailable
from tamis.server.deps import StoreDep
from tamis.services import datasets

router = APIRouter(tags=["health"])


@router.get("/healthz")
async def is_alive() -> dict[str, str]:
    """Answer as long as the server runs."""
    return {"status": "ok"}


@router.get("/readyz", responses={503: {"description": "Not ready"}})
def is_ready(request: Request, store: StoreDep) -> dict[str, str]:
    """Answer once the database and what else the server needs can be used."""
    datasets.list_page(store, None, 1)
    for name, check in request.app.state.checks.items():
        if not check():
            raise Unavailable(f"Not ready: the {name} does not run.")
    return {"status": "ok"}
