"""Who the caller is, signing in by a one-time link, and signing out."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from tamis.model.me import Me
from tamis.server import cookie
from tamis.server.deps import MeDep, OptionsDep, StoreDep
from tamis.server.needs import needs
from tamis.server.webapp import used_up
from tamis.services import sessions

router = APIRouter(tags=["me"])


@router.get("/login", include_in_schema=False)
def login(request: Request, store: StoreDep, once: Annotated[str, Query(max_length=100)] = "") -> Response:
    """Exchange a one-time code for a session, and go on without the code in the address."""
    if "prefetch" in request.headers.get("sec-purpose", ""):  # a look ahead must not use it up
        return used_up()
    secret = sessions.exchange(store, once)
    if secret is None:
        return used_up()
    answer = RedirectResponse("/", 303)
    cookie.put(answer, request, secret, sessions.LONGEST_MILLISECONDS // 1000)
    return answer


@router.get("/api/me")
def get_me(me: MeDep, options: OptionsDep) -> Me:
    """Say who the caller is, and what it may do."""
    return me if me.kind == "token" else me.model_copy(update={"options": options})


@router.post("/api/me/logout", status_code=204)
@needs("read")
def logout(request: Request, response: Response, store: StoreDep) -> None:
    """End the session of this browser; a token is not a session, and stays."""
    secret = cookie.read(request)
    if secret is not None:
        sessions.close(store, secret)
        cookie.drop(response, request)
