"""API tokens: of each secret, only the hash."""

import sqlalchemy as sa

from tamis.model.errors import NotFound
from tamis.model.ids import new_id, now
from tamis.model.noun import Page
from tamis.model.token import Token, TokenCreate, hash_of, hint_of
from tamis.store.pages import page
from tamis.store.schema import token


def insert(connection: sa.Connection, new: TokenCreate, secret: str) -> Token:
    """Keep a new token."""
    token_id = new_id()
    values = new.model_dump() | {
        "id": token_id,
        "hint": hint_of(secret),
        "hash": hash_of(secret),
        "created_at": now(),
    }
    connection.execute(token.insert().values(values))
    return get(connection, token_id)


def get(connection: sa.Connection, token_id: str) -> Token:
    """Return a token, or raise NotFound."""
    row = connection.execute(sa.select(token).where(token.c.id == token_id)).mappings().first()
    if row is None:
        raise NotFound(f"There is no token '{token_id}'.")
    return _token(row)


def find(connection: sa.Connection, secret: str) -> Token | None:
    """Return the token that has this secret, also one that is revoked or has expired."""
    row = connection.execute(sa.select(token).where(token.c.hash == hash_of(secret))).mappings().first()
    return None if row is None else _token(row)


def list_page(connection: sa.Connection, after: str | None, limit: int) -> Page[Token]:
    """Return a page of tokens, newest first, with those that open nothing any more."""
    return page(connection, sa.select(token), token.c.id, after, limit, _token, descending=True)


def count_admins(connection: sa.Connection) -> int:
    """Return how many tokens open everything at this moment."""
    query = (
        sa.select(sa.func.count())
        .where(token.c.scope == "admin", token.c.dataset_id.is_(None), token.c.revoked_at.is_(None))
        .where(sa.or_(token.c.expires_at.is_(None), token.c.expires_at > now()))
    )
    return connection.execute(query).scalar_one()


def revoke(connection: sa.Connection, token_id: str) -> None:
    """Close a token for good; the row stays."""
    get(connection, token_id)
    first = token.update().where(token.c.id == token_id, token.c.revoked_at.is_(None))
    connection.execute(first.values(revoked_at=now()))


def touch(connection: sa.Connection, token_id: str) -> None:
    """Note that a token is in use."""
    connection.execute(token.update().where(token.c.id == token_id).values(last_used_at=now()))


def _token(row: sa.RowMapping) -> Token:
    return Token(**{name: row[name] for name in Token.model_fields})
