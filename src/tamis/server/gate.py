"""The gate: every request passes here first, and what is not allowed is refused.

It is a rule, not a list of paths: a route that is added tomorrow is behind it too.
"""

import hmac
import logging
import time
from collections.abc import Iterable

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tamis.model.errors import Forbidden, Invalid, TamisError, TooLarge, Unauthenticated
from tamis.model.ids import new_id
from tamis.server.errors import refusal, unexpected

log = logging.getLogger("tamis.server")

OPEN_PATHS = frozenset({"/healthz", "/readyz"})
_SAFE_METHODS = frozenset({"GET", "HEAD"})
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
        self, app: ASGIApp, *, secret: str, allowed_hosts: Iterable[str], max_body_bytes: int
    ) -> None:
        self.app = app
        self.credentials = f"Bearer {secret}".encode()
        self.allowed_hosts = frozenset(host.lower() for host in allowed_hosts)
        self.max_body_bytes = max_body_bytes

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
            self._check(scope)
            await self.app(scope, self._limited(receive), guarded_send)
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

    def _check(self, scope: Scope) -> None:
        headers = Headers(scope=scope)
        self._check_host(headers)
        _check_origin(headers, scope["scheme"])
        if scope["path"] not in OPEN_PATHS:
            self._check_credentials(headers)
        if scope["method"] not in _SAFE_METHODS:
            _check_content_type(headers)
        self._check_length(headers)

    def _check_host(self, headers: Headers) -> None:
        hosts = headers.getlist("host")
        if len(hosts) != 1 or _without_port(hosts[0]) not in self.allowed_hosts:
            raise Forbidden("This server does not answer under that host name.")

    def _check_credentials(self, headers: Headers) -> None:
        given = headers.getlist("authorization")
        if len(given) != 1 or not hmac.compare_digest(given[0].encode(), self.credentials):
            raise Unauthenticated("Send the secret of this server as 'Authorization: Bearer ...'.")

    def _check_length(self, headers: Headers) -> None:
        given = headers.get("content-length")
        if given is None:
            return
        if not given.isascii() or not given.isdigit():
            raise Invalid("The Content-Length is no number.")
        if int(given) > self.max_body_bytes:
            raise self._too_large()

    def _limited(self, receive: Receive) -> Receive:
        read = 0

        async def limited_receive() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > self.max_body_bytes:
                raise self._too_large()
            return message

        return limited_receive

    def _too_large(self) -> TooLarge:
        return TooLarge(f"The request is too large: its body may have {self.max_body_bytes} bytes.")


def _without_port(host: str) -> str:
    name, colon, port = host.rpartition(":")
    return (name if colon and port.isdigit() else host).lower()


def _check_origin(headers: Headers, scheme: str) -> None:
    """Refuse what a page of another site makes a browser send."""
    own = f"{scheme}://{headers['host']}".lower()
    if any(origin.lower() != own for origin in headers.getlist("origin")):
        raise Forbidden("Another site may not use this server.")
    if any(site.lower() not in _SAME_SITE for site in headers.getlist("sec-fetch-site")):
        raise Forbidden("Another site may not use this server.")


def _check_content_type(headers: Headers) -> None:
    """Refuse the types that a plain HTML form sends, and all others but JSON."""
    for content_type in headers.getlist("content-type"):
        if content_type.partition(";")[0].strip().lower() != "application/json":
            raise Forbidden("This server reads only JSON: send 'Content-Type: application/json'.")
