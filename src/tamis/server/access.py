"""Who asks, and what it may see: credentials to a caller, a caller's limits to an address."""

import hmac
import re
from urllib.parse import parse_qs

from starlette.requests import HTTPConnection

from tamis.model.errors import Forbidden, NotFound, Unauthenticated
from tamis.model.me import Me
from tamis.model.token import PREFIX, allows
from tamis.server import cookie
from tamis.server.needs import SAFE_METHODS, Need
from tamis.services import jobs, sessions, tokens
from tamis.store.store import Store

_LOCAL = Me(kind="local", scope="admin", dataset_id=None, name="This machine")
_OWN_HEADER = "x-tamis"
_FOR_EVERY_DATASET = frozenset({"/api/me", "/api/me/logout", "/api/strategies", "/api/encoders"})
_DATASET = re.compile(r"/api/datasets/([^/]+)(?:/.*)?")
_JOB = re.compile(r"/api/jobs/([0-9a-f]{24})(?:/.*)?")
_NAMED_BY_QUERY = {"/api/events": "dataset", "/api/jobs": "dataset_id"}
_NOTHING = "There is nothing at this address."


class Access:
    """Knows the secret of the local door, and asks the store about all others."""

    def __init__(self, store: Store, secret: str) -> None:
        self._store = store
        self._secret = secret.encode()

    def identify(self, request: HTTPConnection) -> Me:
        """Return who sends a request.

        Raises:
            Unauthenticated: its credentials are missing, wrong, revoked or expired.
            Forbidden: a browser sends it, and it need not be our own page that made it do so.
        """
        given = request.headers.getlist("authorization")
        if given:
            return self._bearer(given)
        secret = cookie.read(request)
        me = sessions.find(self._store, secret) if secret else None
        if me is None:
            raise Unauthenticated(
                "Sign in by the link that 'tamis serve' printed, or send an API token as "
                "'Authorization: Bearer ...'."
            )
        if request.scope["method"] not in SAFE_METHODS:
            _check_own_page(request)
        return me

    def holds(self, request: HTTPConnection) -> bool:
        """Tell whether the credentials of a request that was let in are still good."""
        try:
            self.identify(request)
        except Unauthenticated:
            return False
        return True

    def check(self, me: Me, need: Need, request: HTTPConnection) -> None:
        """Refuse what the caller may not see, or not do.

        Raises:
            NotFound: it is outside of the one dataset that the caller's token is for.
            Forbidden: the scope does not reach that far.
        """
        if me.dataset_id is not None:
            self._check_dataset(me.dataset_id, request)
        if not allows(me.scope, need.scope):
            raise Forbidden(f"This needs a token with the scope '{need.scope}'; yours has '{me.scope}'.")

    def _bearer(self, given: list[str]) -> Me:
        scheme, _, secret = given[0].partition(" ")
        me = None
        if len(given) == 1 and scheme == "Bearer":
            if secret.startswith(PREFIX):
                me = tokens.find(self._store, secret)
            elif hmac.compare_digest(secret.encode(), self._secret):
                me = _LOCAL
        if me is None:
            raise Unauthenticated("The API token is wrong, revoked or expired.")
        return me

    def _check_dataset(self, dataset_id: str, request: HTTPConnection) -> None:
        path = request.scope["path"]
        if path in _FOR_EVERY_DATASET:
            return
        if found := _DATASET.fullmatch(path):
            if found[1] != dataset_id:
                raise NotFound(f"There is no dataset '{found[1]}'.")
        elif found := _JOB.fullmatch(path):
            if jobs.get(self._store, found[1]).dataset_id != dataset_id:
                raise NotFound(f"There is no job '{found[1]}'.")  # as where there is none
        elif path not in _NAMED_BY_QUERY or _named(request, _NAMED_BY_QUERY[path]) != {dataset_id}:
            raise NotFound(_NOTHING)


def _named(request: HTTPConnection, name: str) -> set[str]:
    return set(parse_qs(request.scope["query_string"].decode("latin-1")).get(name, ()))


def _check_own_page(request: HTTPConnection) -> None:
    """Refuse a change that a page of another site may have made a browser ask for.

    The gate has refused foreign origins already; here a browser must say where it comes from, and send a
    header that another site can not add without our leave, which nobody gets.
    """
    says = "same-origin" in request.headers.getlist("sec-fetch-site") or "origin" in request.headers
    if not says or request.headers.get(_OWN_HEADER) != "1":
        raise Forbidden("A change by a signed-in browser must come from the app itself, with 'X-Tamis: 1'.")
