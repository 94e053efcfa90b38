"""The store: one database and one data folder, opened together."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from tamis.store.database import Database, migrate
from tamis.store.folder import DataFolder, make_private, open_folder
from tamis.store.installation import pair


@dataclass(frozen=True)
class Store:
    """What a service is handed. `read` and `write` are the only ways to a connection."""

    database: Database
    folder: DataFolder

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A transaction that sees one moment of the database."""
        with self.database.read() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """A transaction that is committed when the block ends, and rolled back whole when it raises."""
        with self.database.write() as connection:
            yield connection

    def close(self) -> None:
        """Close all connections."""
        self.database.close()


@contextmanager
def open_store(path: Path, database_url: str | None = None) -> Iterator[Store]:
    """Open a data folder and its database, bring the schema up to date, and close both in the end.

    Args:
        path: the data folder; made when it is absent.
        database_url: a PostgreSQL URL; without one the folder's own SQLite file is used.

    Raises:
        Invalid: the folder or the URL is not one.
        Conflict: either was written by a newer version of Tamis, or the database is another folder's.
        NoSpace: the disk is full.
    """
    folder = open_folder(path)
    if database_url is None:
        for database_file in (folder.database, folder.jobs_database):
            make_private(database_file)
    database = Database(database_url or f"sqlite:///{folder.database}")
    try:
        migrate(database)
        pair(database, folder)
        yield Store(database, folder)
    finally:
        database.close()
