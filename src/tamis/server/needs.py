"""What a route needs of its caller.

By rule, reading needs the scope `read` and all else `write`; a route may say otherwise.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from fastapi.routing import APIRoute
from starlette.routing import Match
from starlette.types import Scope as Request

from tamis.model.token import Scope

SAFE_METHODS = frozenset({"GET", "HEAD"})
JSON = "application/json"
_Endpoint = TypeVar("_Endpoint", bound=Callable[..., object])
_declared: dict[Callable[..., object], "Need"] = {}


@dataclass(frozen=True)
class Need:
    """The scope, the one content type that is read, and whether the body may be as large as an upload."""

    scope: Scope
    content_type: str = JSON
    large: bool = False


def needs(scope: Scope, *, content_type: str = JSON, large: bool = False) -> Callable[[_Endpoint], _Endpoint]:
    """Declare what a route needs; written below `@router...`."""

    def declare(endpoint: _Endpoint) -> _Endpoint:
        _declared[endpoint] = Need(scope, content_type, large)
        return endpoint

    return declare


def need_of(endpoint: Callable[..., object] | None, method: str) -> Need:
    """Return what a route needs; None stands for an address that has no route."""
    by_rule = Need("read" if method in SAFE_METHODS else "write")
    return by_rule if endpoint is None else _declared.get(endpoint, by_rule)


class Routes:
    """Finds the route of a request before its body is read."""

    def __init__(self, routes: Iterable[APIRoute]) -> None:
        self._routes = list(routes)

    def endpoint(self, request: Request) -> Callable[..., object] | None:
        """Return the handler at an address; None where there is none for any method."""
        other: Callable[..., object] | None = None
        for route in self._routes:
            match, _ = route.matches(request)
            if match is Match.FULL:
                return route.endpoint
            if match is Match.PARTIAL and other is None:
                other = route.endpoint
        return other
