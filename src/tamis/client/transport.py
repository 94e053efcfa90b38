"""How a request travels: over TCP or a Unix socket, with retries where a second try does no harm."""

import os
import secrets
import time
from collections.abc import Sequence
from typing import TypedDict, TypeVar
from urllib.parse import quote

import httpx
from pydantic import TypeAdapter, ValidationError

from tamis.model.errors import BY_CODE, Invalid, TamisError, Unavailable, sentence_of
from tamis.model.noun import Noun

Answer = TypeVar("Answer")
Asked = TypeVar("Asked", bound=Noun)
Query = dict[str, str | int | bool | None]

_PAUSES = (0.1, 0.4, 1.0)
_IDEMPOTENT = frozenset({"GET", "PUT", "DELETE"})
_BYTES = "application/octet-stream"
_TIMEOUT = httpx.Timeout(120.0, connect=10.0)


class Body(TypedDict, total=False):
    """How httpx is handed a body."""

    json: object
    content: bytes
    headers: dict[str, str]


class Wire:
    """Sends requests, and turns answers into values and refusals into our errors."""

    def __init__(
        self,
        base_url: str,
        token: str | None = None,
        *,
        socket: str | os.PathLike[str] | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        if transport is None and socket is not None:
            transport = httpx.HTTPTransport(uds=os.fspath(socket))
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        # trust_env off: a proxy of the environment must not see a local secret.
        self.http = httpx.Client(
            base_url=base_url, headers=headers, transport=transport, timeout=_TIMEOUT, trust_env=False
        )

    def close(self) -> None:
        """Close the connections."""
        self.http.close()

    def json(
        self,
        answer: type[Answer],
        method: str,
        path: str,
        *,
        body: object = None,
        query: Query | None = None,
        content_type: str | None = None,
        repeatable: bool = False,
    ) -> Answer:
        """Send a request, and parse the JSON of its answer."""
        response = self.send(
            method, path, body=body, query=query, content_type=content_type, repeatable=repeatable
        )
        try:
            return TypeAdapter(answer).validate_json(response.content)
        except ValidationError as error:
            raise Unavailable(
                f"The server's answer to {method} {path} is not understood. Is it of another version?"
            ) from error

    def send(
        self,
        method: str,
        path: str,
        *,
        body: object = None,
        query: Query | None = None,
        content_type: str | None = None,
        repeatable: bool = False,
    ) -> httpx.Response:
        """Send a request, and return its answer; a body of bytes goes as it is, all others as JSON.

        One that is `repeatable`, by its method or because its caller says so, is sent again when no answer
        came.

        Raises:
            TamisError: the server refused, by the class that belongs to its code.
            Unavailable: no answer came.
        """
        content = body.model_dump(mode="json", exclude_none=True) if isinstance(body, Noun) else body
        parameters: Query = {name: value for name, value in (query or {}).items() if value is not None}
        if isinstance(content, bytes):
            sent: Body = {"content": content, "headers": {"Content-Type": content_type or _BYTES}}
        else:
            sent = {"json": content}
        repeatable = repeatable or method in _IDEMPOTENT
        response = self._try(method, path, sent, parameters, repeatable=repeatable)
        if response.is_success:
            return response
        raise error_of(response)

    def _try(
        self, method: str, path: str, sent: Body, parameters: Query, *, repeatable: bool
    ) -> httpx.Response:
        for pause in (*_PAUSES, None):
            try:
                return self.http.request(method, path, params=parameters, **sent)
            except httpx.TransportError as error:
                # A connection that was refused carried nothing, so any request may be sent again.
                harmless = repeatable or isinstance(error, httpx.ConnectError)
                if pause is None or not harmless:
                    raise Unavailable(
                        f"The server at {self.http.base_url} does not answer: {error}."
                    ) from error
                time.sleep(pause)
        raise AssertionError("unreachable")


def checked(kind: type[Asked], **fields: object) -> Asked:
    """Make what is to be asked for of what the caller gave.

    Raises:
        Invalid: a field cannot have this value.
    """
    try:
        return kind.model_validate(fields)
    except ValidationError as error:
        first = error.errors()[0]
        field = str(first["loc"][0]) if first["loc"] else None
        raise Invalid(sentence_of(first["loc"], first["msg"]), field=field) from error


def form_of(files: Sequence[tuple[str, bytes]]) -> tuple[bytes, str]:
    """Return a form with files, and its content type. Names are written so that none is ambiguous."""
    boundary = secrets.token_hex(16)
    parts: list[bytes] = []
    for name, content in files:
        exact = f"UTF-8''{quote(name, safe='')}"
        head = f'form-data; name="files"; filename="file"; filename*={exact}'
        parts += (f"--{boundary}\r\nContent-Disposition: {head}\r\n\r\n".encode(), content, b"\r\n")
    parts.append(f"--{boundary}--\r\n".encode())
    return b"".join(parts), f"multipart/form-data; boundary={boundary}"


def error_of(response: httpx.Response) -> TamisError:
    """Turn a refusal into the error of its code."""
    try:
        body = response.json()
        message, code, field = str(body["error"]), str(body["code"]), body.get("field")
    except (ValueError, KeyError, TypeError, AttributeError):
        return Unavailable(f"The server answered {response.status_code}, and not in the words of Tamis.")
    kind = BY_CODE.get(code)
    if kind is None:
        return TamisError(f"{message} (request {body.get('request_id', 'unknown')})")
    return kind(message, field=field if isinstance(field, str) else None)
