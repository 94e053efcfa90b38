"""What there is to choose from: strategies and encoders."""

from fastapi import APIRouter

from tamis.model.embedding import EncoderFacts
from tamis.model.selection import StrategyFacts
from tamis.services import catalogue, encoders

router = APIRouter(prefix="/api", tags=["catalogue"])


@router.get("/strategies")
def list_strategies() -> list[StrategyFacts]:
    """List the selection strategies with their parameters."""
    return catalogue.list_strategies()


@router.get("/encoders")
def list_encoders() -> list[EncoderFacts]:
    """List the encoders."""
    return encoders.list_all()
