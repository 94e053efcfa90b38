"""Everything that Tamis refuses, grouped by what a caller can do about it.

TamisError
    Invalid            the request is wrong: change it
    Unauthenticated    say who you are
    Forbidden          you may not do this
    NotFound           there is no such thing, or you may not see it
    Conflict           it clashes with what is there already
    TooLarge           send less
    Unsupported        this kind of input is not read
    RateLimited        wait, then try again
    Unavailable        try again later
    NoSpace            make room on the disk

A message says what is wrong, which value, and what to do. It never holds a secret or a traceback.
"""

from collections.abc import Sequence
from typing import ClassVar


class TamisError(Exception):
    """The root of the tree. `code` is part of the wire contract, `field` names the parameter at fault."""

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 500

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class Invalid(TamisError):
    """The request is wrong and stays wrong when it is sent again."""

    code = "invalid"
    status = 422


class Unauthenticated(TamisError):
    """No credentials, or none that are known."""

    code = "unauthenticated"
    status = 401


class Forbidden(TamisError):
    """Known, but not allowed."""

    code = "forbidden"
    status = 403


class NotFound(TamisError):
    """No such thing, or nothing that the caller may see."""

    code = "not_found"
    status = 404


class Conflict(TamisError):
    """The state of the server is in the way: a name is taken, a job is running."""

    code = "conflict"
    status = 409


class TooLarge(TamisError):
    """Over a limit on size."""

    code = "too_large"
    status = 413


class Unsupported(TamisError):
    """A format that Tamis does not read."""

    code = "unsupported"
    status = 415


class RateLimited(TamisError):
    """Too many requests."""

    code = "rate_limited"
    status = 429


class Unavailable(TamisError):
    """A part of the system does not answer at present."""

    code = "unavailable"
    status = 503


class NoSpace(TamisError):
    """The disk is full; nothing was half-written."""

    code = "no_space"
    status = 507


BY_CODE: dict[str, type[TamisError]] = {
    kind.code: kind
    for kind in (
        Invalid, Unauthenticated, Forbidden, NotFound, Conflict,
        TooLarge, Unsupported, RateLimited, Unavailable, NoSpace,
    )
}  # fmt: skip


def sentence_of(location: Sequence[int | str], message: str) -> str:
    """Say what pydantic found wrong and where: in the same words at every door."""
    place = ".".join(str(part) for part in location)
    message = message.removeprefix("Value error, ").rstrip(".")
    return f"{place}: {message}." if place else f"{message}."
