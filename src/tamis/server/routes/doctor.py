"""The findings of the doctor on the wire."""

from fastapi import APIRouter

from tamis.model.finding import Finding
from tamis.server.deps import StoreDep
from tamis.services import doctor

router = APIRouter(prefix="/api/doctor", tags=["doctor"])


@router.get("")
def check_data_folder(store: StoreDep) -> list[Finding]:
    """Compare the database with the files that it names, and list what does not fit."""
    return doctor.check(store)
