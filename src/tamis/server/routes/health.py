"""Whether the server runs, whether it is ready, and whether its data folder is sound.

The first two are open to all, and the only ones that are.
"""

from fastapi import APIRouter, Request

from tamis.model.errors import Unavailable
from tamis.model.finding import Finding
from tamis.server.deps import StoreDep
from tamis.services import datasets, doctor

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


@router.get("/api/doctor")
def check_data_folder(store: StoreDep) -> list[Finding]:
    """Compare the database with the files that it names, and list what does not fit."""
    return doctor.check(store)
