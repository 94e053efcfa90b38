"""The gate: every request passes here first, and what is not allowed is refused.

It is a rule, not a list of paths: a route that is added tomorrow is behind it too.
"""

import logging
import time
from collections.abc import Iterable
from functools import partial
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tamis.model.errors import Forbidden, Invalid, TamisError, TooLarge
from tamis.model.ids import new_id
from tamis.server.access import Access
from tamis.server.errors import refusal, unexpected
from tamis.server.needs import SAFE_METHODS, Need, Routes, need_of
from tamis.server.webapp import WebApp

log = logging.getLogger("tamis.server")

OPEN_PATHS = frozenset({"/healthz", "/readyz", "/login"})
_API = "/api"
_SAME_SITE = frozenset({"same-origin", "none"})
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Gate:
    """Checks host, origin, credentials and size, and puts the security headers on every answer."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        routes: Routes,
        access: Access,
        webapp: WebApp,
        allowed_hosts: Iterable[str],
        public_url: str | None,
        max_body_bytes: int,
        max_upload_bytes: int,
    ) -> None:
        self.app = app
        self.routes = routes
        self.access = access
        self.webapp = webapp
        self.public = urlsplit((public_url or "").lower())
        self.allowed_hosts = frozenset(host.lower() for host in allowed_hosts)
        self.max_body_bytes = max_body_bytes
        self.max_upload_bytes = max_upload_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or refuse it."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008})

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        started_at = time.perf_counter()
        request_id = new_id()
        scope.setdefault("state", {})["request_id"] = request_id
        status = 0

        async def guarded_send(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                headers["X-Request-ID"] = request_id
            await send(message)

        try:
            await self._pass(scope, receive, guarded_send)
        except TamisError as error:
            await refusal(error, request_id)(scope, receive, guarded_send)
        except Exception as error:  # noqa: BLE001  # the edge of the process: logged, and answered by an id
            answer = unexpected(error, request_id)
            if not status:
                await answer(scope, receive, guarded_send)
        milliseconds = (time.perf_counter() - started_at) * 1000
        path = scope["path"].encode("unicode_escape").decode()  # a line break must not forge a log line
        # A client that waits for a job asks several times a second; that is no news.
        level = logging.DEBUG if scope["method"] == "GET" and status < 400 else logging.INFO
        log.log(level, "%s %s %s %d %.1f ms", request_id, scope["method"], path, status, milliseconds)

    async def _pass(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._is_public(Headers(scope=scope)):
            scope["scheme"] = self.public.scheme  # of the proxy in front; what it says itself is not trusted
        request = HTTPConnection(scope)
        endpoint = self.routes.endpoint(scope)
        is_page = scope["method"] in SAFE_METHODS and not _is_below(scope["path"], _API)
        self._check_host(request.headers)
        _check_origin(request.headers, scope["scheme"], may_be_led_here=is_page)
        if endpoint is None and is_page:
            answer = await run_in_threadpool(self.webapp.answer, scope["path"], request.headers)
            await answer(scope, receive, send)
            return
        need = need_of(endpoint, scope["method"])
        if scope["path"] not in OPEN_PATHS:
            await run_in_threadpool(self._admit, request, need)
        limit = self.max_upload_bytes if need.large else self.max_body_bytes
        _check_length(request.headers, limit)
        if scope["method"] not in SAFE_METHODS:
            _check_content_type(request.headers, need.content_type)
        await self.app(scope, _limited(receive, limit), send)

    def _admit(self, request: HTTPConnection, need: Need) -> None:
        me = self.access.identify(request)
        self.access.check(me, need, request)
        request.state.me = me
        request.state.holds = partial(self.access.holds, request)

    def _check_host(self, headers: Headers) -> None:
        hosts = headers.getlist("host")
        if len(hosts) != 1 or (
            _without_port(hosts[0]) not in self.allowed_hosts and not self._is_public(headers)
        ):
            raise Forbidden("This server does not answer under that host name.")

    def _is_public(self, headers: Headers) -> bool:
        return self.public.netloc != "" and headers.get("host", "").lower() == self.public.netloc


def _check_length(headers: Headers, limit: int) -> None:
    given = headers.get("content-length")
    if given is None:
        return
    if not given.isascii() or not given.isdigit():
        raise Invalid("The Content-Length is no number.")
    if int(given) > limit:
        raise _too_large(limit)


def _limited(receive: Receive, limit: int) -> Receive:
    read = 0

    async def limited_receive() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > limit:
            raise _too_large(limit)
        return message

    return limited_receive


def _too_large(limit: int) -> TooLarge:
    return TooLarge(f"The request is too large: its body may have {limit} bytes.")


def _is_below(path: str, folder: str) -> bool:
    return path == folder or path.startswith(f"{folder}/")


def _without_port(host: str) -> str:
    name, colon, port = host.rpartition(":")
    return (name if colon and port.isdigit() else host).lower()


def _check_origin(headers: Headers, scheme: str, *, may_be_led_here: bool) -> None:
    """Refuse what a page of another site makes a browser send; a link to one of our pages may be followed."""
    own = f"{scheme}://{headers['host']}".lower()
    if any(origin.lower() != own for origin in headers.getlist("origin")):
        raise Forbidden("Another site may not use this server.")
    if may_be_led_here and headers.get("sec-fetch-mode") == "navigate":
        return
    if any(site.lower() not in _SAME_SITE for site in headers.getlist("sec-fetch-site")):
        raise Forbidden("Another site may not use this server.")


def _check_content_type(headers: Headers, allowed: str) -> None:
    """Refuse the types that a plain HTML form sends, and all others but the one that the route reads."""
    for content_type in headers.getlist("content-type"):
        if content_type.partition(";")[0].strip().lower() != allowed:
            raise Forbidden(f"This address reads only '{allowed}': send it with that Content-Type.")
