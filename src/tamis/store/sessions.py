"""Sessions of browsers, and the one-time codes that open them: of each secret, only the hash."""

import sqlalchemy as sa

from tamis.model.ids import now
from tamis.model.token import hash_of
from tamis.store.schema import login, session


def insert_login(connection: sa.Connection, code: str, expires_at: int) -> None:
    """Keep a one-time code."""
    connection.execute(login.insert().values(hash=hash_of(code), expires_at=expires_at))


def take_login(connection: sa.Connection, code: str) -> bool:
    """Use a code up, and tell whether it was good; of two that use it at once, one is told so."""
    taken = connection.execute(
        login.delete().where(login.c.hash == hash_of(code), login.c.expires_at > now())
    )
    return taken.rowcount == 1


def insert(connection: sa.Connection, secret: str, expires_at: int) -> None:
    """Keep a new session."""
    moment = now()
    values = {"hash": hash_of(secret), "created_at": moment, "used_at": moment, "expires_at": expires_at}
    connection.execute(session.insert().values(values))


def used_at(connection: sa.Connection, secret: str, idle_since: int) -> int | None:
    """Return when a session was last used; None where there is none, or it is over or was idle too long."""
    query = sa.select(session.c.used_at).where(
        session.c.hash == hash_of(secret), session.c.expires_at > now(), session.c.used_at > idle_since
    )
    found: int | None = connection.execute(query).scalar()
    return found


def touch(connection: sa.Connection, secret: str) -> None:
    """Note that a session is in use."""
    connection.execute(session.update().where(session.c.hash == hash_of(secret)).values(used_at=now()))


def remove(connection: sa.Connection, secret: str) -> None:
    """End a session."""
    connection.execute(session.delete().where(session.c.hash == hash_of(secret)))


def sweep(connection: sa.Connection, idle_since: int) -> None:
    """Forget the codes and sessions that are over."""
    connection.execute(login.delete().where(login.c.expires_at <= now()))
    over = sa.or_(session.c.expires_at <= now(), session.c.used_at <= idle_since)
    connection.execute(session.delete().where(over))
