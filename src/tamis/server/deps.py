"""What a handler asks for by type: the store, and the values of paths and queries."""

from typing import Annotated

from fastapi import Depends, Path, Query, Request

from tamis.model.me import Me
from tamis.model.noun import Id, Text
from tamis.store.store import Store

LONGEST_PAGE = 1000
LONGEST_CURSOR = 4096  # the cursor of a list of files is a file name
LARGEST_POSITION = 2**31 - 1


async def _store(request: Request) -> Store:  # async: FastAPI would hand a plain function to a thread
    store: Store = request.app.state.store
    return store


async def _me(request: Request) -> Me:
    me: Me = request.state.me
    return me


StoreDep = Annotated[Store, Depends(_store)]
MeDep = Annotated[Me, Depends(_me)]
"""Who asks: the gate has let it in."""

PathId = Annotated[Id, Path()]
QueryId = Annotated[Id | None, Query()]
Position = Annotated[int, Path(ge=0, le=LARGEST_POSITION)]
After = Annotated[Text | None, Query(max_length=LONGEST_CURSOR, description="`next` of the page before.")]
AfterPosition = Annotated[
    int | None, Query(ge=0, le=LARGEST_POSITION, description="`next` of the page before.")
]
Limit = Annotated[int, Query(ge=1, le=LONGEST_PAGE)]
