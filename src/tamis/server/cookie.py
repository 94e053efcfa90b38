"""The cookie of a session: for this server only, out of reach of scripts, never sent from another site."""

from starlette.requests import HTTPConnection
from starlette.responses import Response

_NAME = "tamis_session"


def name(connection: HTTPConnection) -> str:
    """Return the cookie's name: browsers share cookies between the ports of a host, two servers must not."""
    port = connection.url.port
    return _NAME if port is None else f"{_NAME}_{port}"


def read(connection: HTTPConnection) -> str | None:
    """Return the secret that a browser sent."""
    return connection.cookies.get(name(connection))


def put(response: Response, connection: HTTPConnection, secret: str, seconds: int) -> None:
    """Have the browser keep the secret of a session."""
    secure = connection.url.scheme == "https"
    response.set_cookie(
        name(connection), secret, max_age=seconds, httponly=True, samesite="strict", secure=secure
    )


def drop(response: Response, connection: HTTPConnection) -> None:
    """Have the browser forget it."""
    put(response, connection, "", 0)
