"""API tokens: made once, shown once, revoked at once."""

import contextlib

from tamis.model.errors import Invalid, TamisError
from tamis.model.ids import now
from tamis.model.me import Me
from tamis.model.noun import Page
from tamis.model.token import Token, TokenCreate, TokenCreated, is_secret, new_secret
from tamis.store import datasets, tokens
from tamis.store.store import Store

TOUCH_MILLISECONDS = 60_000
"""The last use is written down no more often than this, so that reading stays reading."""


def create(store: Store, new: TokenCreate) -> TokenCreated:
    """Make a token.

    Raises:
        Invalid: it would have expired already.
        NotFound: there is no such dataset.
    """
    if new.expires_at is not None and new.expires_at <= now():
        raise Invalid("The token would have expired already. Choose a moment to come.", field="expires_at")
    secret = new_secret()
    with store.write() as connection:
        if new.dataset_id is not None:
            datasets.get(connection, new.dataset_id)
        return TokenCreated(token=tokens.insert(connection, new, secret), secret=secret)


def list_page(store: Store, after: str | None, limit: int) -> Page[Token]:
    """Return a page of tokens, newest first."""
    with store.read() as connection:
        return tokens.list_page(connection, after, limit)


def revoke(store: Store, token_id: str) -> None:
    """Close a token for good."""
    with store.write() as connection:
        tokens.revoke(connection, token_id)


def has_admin(store: Store) -> bool:
    """Tell whether any token opens everything."""
    with store.read() as connection:
        return tokens.count_admins(connection) > 0


def find(store: Store, secret: str) -> Me | None:
    """Return who holds this secret; None when nobody does, or no longer."""
    if not is_secret(secret):
        return None
    with store.read() as connection:
        token = tokens.find(connection, secret)
    moment = now()
    if token is None or token.revoked_at is not None:
        return None
    if token.expires_at is not None and token.expires_at <= moment:
        return None
    if token.last_used_at is None or moment - token.last_used_at > TOUCH_MILLISECONDS:
        with contextlib.suppress(TamisError), store.write() as connection:  # a full disk does not lock out
            tokens.touch(connection, token.id)
    return Me(kind="token", scope=token.scope, dataset_id=token.dataset_id, name=token.name)
