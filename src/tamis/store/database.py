"""The way to a connection: `read()` and `write()`, on SQLite or PostgreSQL."""

import contextlib
import re
import sqlite3
import time
from collections.abc import Iterator, Mapping

import sqlalchemy as sa
from sqlalchemy import Connection, event

from tamis.model.errors import Conflict, Invalid, NoSpace, Unavailable
from tamis.store import schema

__all__ = ["Connection", "Database", "add_event", "insert_new", "migrate"]

BUSY_SECONDS = 30
_PAUSE_SECONDS = 0.01
POOL_SIZE = 44  # at least one connection for each of the 40 threads of the server
_WRITE = "tamis_write"
_EVENTS = "tamis_events"
_MIGRATION_LOCK, _EVENTS_LOCK = 7235301, 7235302


class Database:
    """An engine with one transaction per block, committed at its end or rolled back whole."""

    def __init__(self, url: str) -> None:
        self.engine = _make_engine(url)

    @contextlib.contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that sees one moment of the database."""
        with _translated(), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextlib.contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that may write. On SQLite it takes the write lock at its start, so never upgrades."""
        with _translated(), self.engine.connect() as plain:
            connection = plain.execution_options(**{_WRITE: True})
            pending: list[dict[str, object]] = []
            connection.info[_EVENTS] = pending
            with connection.begin():
                yield connection
                _write_events(connection, pending)

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def add_event(connection: Connection, row: dict[str, object]) -> None:
    """Write a row of the table `event` at the end of this transaction."""
    connection.info[_EVENTS].append(row)


def _write_events(connection: Connection, pending: list[dict[str, object]]) -> None:
    # Who follows the events asks for what came after an id, so they must be committed in the order of their
    # ids. SQLite has one writer at a time; PostgreSQL hands out ids before the commit. The lock comes last:
    # who holds it waits for nobody.
    if not pending:
        return
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text(f"SELECT pg_advisory_xact_lock({_EVENTS_LOCK})"))
    connection.execute(schema.event.insert(), pending)


def _make_engine(url: str) -> sa.Engine:
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError as error:
        raise Invalid("TAMIS_DATABASE_URL is no database URL.", field="database_url") from error
    if parsed.get_backend_name() == "sqlite":
        engine = sa.create_engine(
            parsed, pool_size=POOL_SIZE, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False}
        )
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    if parsed.get_backend_name() == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
        return sa.create_engine(parsed, pool_size=POOL_SIZE, isolation_level="READ COMMITTED")
    raise Invalid(
        f"Tamis keeps its data in SQLite or PostgreSQL, not in '{parsed.get_backend_name()}'.",
        field="database_url",
    )


def _prepare_sqlite(connection: sa.engine.interfaces.DBAPIConnection, _: object) -> None:
    # The driver must not begin transactions by itself: it would leave DDL outside of them, and
    # upgrade readers to writers, which fails at once instead of waiting.
    connection.isolation_level = None
    cursor = connection.cursor()
    _enter_wal(cursor)
    for pragma in ("synchronous = NORMAL", "foreign_keys = ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _enter_wal(cursor: sa.engine.interfaces.DBAPICursor) -> None:
    # A new file is switched to WAL under a lock for which SQLite itself does not wait; server and worker
    # open a new data folder at the same moment.
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(_PAUSE_SECONDS)


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITE, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextlib.contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except sa.exc.OperationalError as error:
        text = str(error.orig)
        if re.search(r"disk is full|disk I/O error|No space left", text):
            raise NoSpace("The disk that holds the database is full. Make room, then try again.") from error
        if re.search(r"database is locked|could not connect|connection.*(refused|failed|closed)", text):
            raise Unavailable("The database does not answer. Try again in a moment.") from error
        raise


def insert_new(connection: Connection, table: sa.Table, values: Mapping[str, object]) -> bool:
    """Insert a row, and tell whether it is new: False where a unique key of it is taken already."""
    return changes_unique(connection, table.insert().values(**values))


def changes_unique(connection: Connection, statement: sa.Insert | sa.Update) -> bool:
    """Insert or change rows, and tell whether that was possible: False where a unique key is taken already.

    Only trying answers this for sure: on PostgreSQL another transaction may be faster after any look.
    """
    try:
        with connection.begin_nested():
            connection.execute(statement)
    except sa.exc.IntegrityError as error:
        text = str(error.orig)
        if "UNIQUE constraint failed" in text or "duplicate key value" in text:
            return False
        raise
    return True


def migrate(database: Database) -> None:
    """Bring the schema to the newest revision, whole or not at all.

    Raises:
        Conflict: the database was written by a newer version of Tamis.
    """
    current = _revision(database)
    if current == schema.REVISION:
        return
    if current is not None and current > schema.REVISION:
        raise Conflict(
            f"The database has schema {current}; this version of Tamis knows up to {schema.REVISION}. "
            "Upgrade Tamis."
        )
    from tamis.store.migrations.run import upgrade  # Alembic loads only when there is something to do

    with database.write() as connection:
        lock_schema(connection)
        upgrade(connection)


def lock_schema(connection: Connection) -> None:
    """Keep other servers that start at the same moment waiting until this transaction ends."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})"))


def _revision(database: Database) -> str | None:
    with database.read() as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
