"""Signing in without a password: a one-time code becomes a session, which ends by itself."""

import contextlib

from tamis.model.errors import TamisError
from tamis.model.ids import now
from tamis.model.me import Me
from tamis.model.token import is_secret, new_secret
from tamis.services.tokens import TOUCH_MILLISECONDS
from tamis.store import sessions
from tamis.store.store import Store

_HOUR = 3_600_000
CODE_MILLISECONDS = _HOUR
IDLE_MILLISECONDS = 7 * 24 * _HOUR
LONGEST_MILLISECONDS = 30 * 24 * _HOUR
_CODE = "login_"
_SESSION = "session_"


def open_login(store: Store) -> str:
    """Make a code that opens one session within the next hour. No route may: who asks has the data folder."""
    code = new_secret(_CODE)
    with store.write() as connection:
        sessions.sweep(connection, now() - IDLE_MILLISECONDS)
        sessions.insert_login(connection, code, now() + CODE_MILLISECONDS)
    return code


def exchange(store: Store, code: str) -> str | None:
    """Use a code up and return the secret of a new session; None when the code is not good any more."""
    if not is_secret(code, _CODE):
        return None
    secret = new_secret(_SESSION)
    with store.write() as connection:
        if not sessions.take_login(connection, code):
            return None
        sessions.insert(connection, secret, now() + LONGEST_MILLISECONDS)
    return secret


def find(store: Store, secret: str) -> Me | None:
    """Return who has this session; None when it is over."""
    if not is_secret(secret, _SESSION):
        return None
    with store.read() as connection:
        used_at = sessions.used_at(connection, secret, now() - IDLE_MILLISECONDS)
    if used_at is None:
        return None
    if now() - used_at > TOUCH_MILLISECONDS:
        with contextlib.suppress(TamisError), store.write() as connection:  # a full disk does not lock out
            sessions.touch(connection, secret)
    return Me(kind="session", scope="admin", dataset_id=None, name="You")


def close(store: Store, secret: str) -> None:
    """End a session."""
    with store.write() as connection:
        sessions.remove(connection, secret)
