"""What a handler asks for by type: the store, and the values of paths and queries."""

from typing import Annotated

from fastapi import Depends, Path, Query, Request

from tamis.model.errors import Invalid
from tamis.model.me import Me
from tamis.model.noun import Id, Text
from tamis.server.following import EventReader
from tamis.store.store import Store

LONGEST_PAGE = 1000
LONGEST_CURSOR = 4096  # the cursor of a list of files is a file name
LARGEST_POSITION = 2**31 - 1
MOST_POSITIONS = 256


async def _store(request: Request) -> Store:  # async: FastAPI would hand a plain function to a thread
    store: Store = request.app.state.store
    return store


async def _me(request: Request) -> Me:
    me: Me = request.state.me
    return me


async def _options(request: Request) -> str:
    options: str = request.app.state.options
    return options


StoreDep = Annotated[Store, Depends(_store)]
MeDep = Annotated[Me, Depends(_me)]
"""Who asks: the gate has let it in."""
OptionsDep = Annotated[str, Depends(_options)]
"""What a command needs to mean this data folder."""


async def _positions(
    positions: Annotated[
        str,
        Query(
            pattern=r"^[0-9]+(,[0-9]+)*$",
            max_length=MOST_POSITIONS * 11,
            description=f"Up to {MOST_POSITIONS} positions, as in `0,5,9`.",
        ),
    ],
) -> list[int]:
    found = [int(position) for position in positions.split(",")]
    if len(found) > MOST_POSITIONS:
        raise Invalid(f"Ask for at most {MOST_POSITIONS} positions at once.", field="positions")
    if max(found) > LARGEST_POSITION:
        raise Invalid(f"There is no position {max(found)}.", field="positions")
    return found


async def _events(request: Request) -> EventReader:
    reader: EventReader = request.app.state.events
    return reader


EventsDep = Annotated[EventReader, Depends(_events)]
Positions = Annotated[list[int], Depends(_positions)]
Side = Annotated[int, Query(ge=16, le=512, description="The longest side of a picture, in pixels.")]

PathId = Annotated[Id, Path()]
QueryId = Annotated[Id | None, Query()]
Position = Annotated[int, Path(ge=0, le=LARGEST_POSITION)]
After = Annotated[Text | None, Query(max_length=LONGEST_CURSOR, description="`next` of the page before.")]
AfterPosition = Annotated[
    int | None, Query(ge=0, le=LARGEST_POSITION, description="`next` of the page before.")
]
Limit = Annotated[int, Query(ge=1, le=LONGEST_PAGE)]
