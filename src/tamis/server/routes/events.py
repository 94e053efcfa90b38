"""Events on the wire, as a stream that goes on until the client leaves."""

from typing import Annotated

from fastapi import APIRouter, Header, Query, Request, Response

from tamis.model.noun import Id
from tamis.server.deps import EventsDep
from tamis.server.following import EventStream

router = APIRouter(prefix="/api/events", tags=["events"])

LARGEST_ID = 2**63 - 1


@router.get("", response_class=Response, responses={200: {"content": {"text/event-stream": {}}}})
async def follow_events(
    request: Request,
    reader: EventsDep,
    dataset: Annotated[Id | None, Query(description="Only the events of this dataset.")] = None,
    last_event_id: Annotated[int | None, Header(ge=0, le=LARGEST_ID)] = None,
) -> Response:
    """Send what changes, as server-sent events: `event: tag.created`, data `{"id", "dataset"}`.

    With `Last-Event-ID` those come first that happened since. `reset` says that they are not known any more:
    ask for everything again. `job.progress`, which has no id, comes at most twice a second for each job.
    The stream ends within seconds once the token is revoked or the session is over.
    """
    return EventStream(reader, dataset, last_event_id, request.state.holds)
