"""The schema comes whole or not at all, and is what the tables say."""

import multiprocessing
import shutil
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from tamis.model.errors import Conflict
from tamis.store import migrations, schema
from tamis.store.database import Database, migrate
from tamis.store.migrations.run import upgrade
from tamis.store.store import Store, open_store
from tests.databases import Databases

BROKEN = """
import sqlalchemy as sa
from alembic import op

revision = "broken"
down_revision = REVISION


def upgrade():
    op.create_table("colour", sa.Column("id", sa.Integer(), primary_key=True))
    op.add_column("root", sa.Column("colour", sa.Text()))
    op.execute("UPDATE root SET colour = 'red'")
    op.execute("INSERT INTO nowhere VALUES (1)")
"""


def opened(databases: Databases) -> Database:
    data, url = databases.empty()
    data.mkdir()
    return Database(url or f"sqlite:///{data}/tamis.sqlite")


def tables(database: Database) -> set[str]:
    with database.read() as connection:
        return set(sa.inspect(connection).get_table_names())


def broken_scripts(folder: Path) -> Path:
    shutil.copytree(migrations.__path__[0], folder, ignore=shutil.ignore_patterns("__pycache__"))
    text = BROKEN.replace("REVISION", repr(schema.REVISION))
    (folder / "versions/9999_broken.py").write_text(text)
    return folder


def migrate_one(data: Path, url: str | None, barrier: "multiprocessing.synchronize.Barrier") -> None:
    """What one of two processes does."""
    barrier.wait()
    with open_store(data, url):
        pass


def test_the_migrated_schema_is_what_the_tables_say(store: Store) -> None:
    with store.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert context.get_current_revision() == schema.REVISION
        assert compare_metadata(context, schema.metadata) == []


def test_keys_and_texts_are_compared_by_bytes(store: Store) -> None:
    if store.database.engine.dialect.name == "postgresql":
        with store.read() as connection:
            found = connection.execute(
                sa.text(
                    "SELECT DISTINCT collation_name FROM information_schema.columns"
                    " WHERE table_name = ANY(:names) AND data_type IN ('text', 'character varying')"
                ),
                {"names": list(schema.metadata.tables)},
            )
            assert found.scalars().all() == ["C"]
    with store.write() as connection:
        for name in ("b", "B", "a", "é", "Z"):
            values = {"id": f"{ord(name):024x}", "path": name.encode(), "created_at": 0}
            connection.execute(schema.root.insert().values(values))
            connection.execute(schema.worker.insert().values(executor_id=name, heartbeat_at=0))
    with store.read() as connection:
        query = sa.select(schema.worker.c.executor_id).order_by(schema.worker.c.executor_id)
        assert connection.execute(query).scalars().all() == ["B", "Z", "a", "b", "é"]


def test_a_broken_revision_leaves_nothing_of_a_new_database(databases: Databases, tmp_path: Path) -> None:
    database = opened(databases)
    with pytest.raises(sa.exc.DatabaseError, match="nowhere"), database.write() as connection:
        upgrade(connection, broken_scripts(tmp_path / "scripts"))
    assert tables(database) == set()
    database.close()


def test_a_broken_revision_leaves_the_old_schema_and_its_rows(databases: Databases, tmp_path: Path) -> None:
    database = opened(databases)
    migrate(database)
    before = tables(database)
    with database.write() as connection:
        connection.execute(schema.root.insert().values(id="a" * 24, path=b"/photos", created_at=7))
    with pytest.raises(sa.exc.DatabaseError, match="nowhere"), database.write() as connection:
        upgrade(connection, broken_scripts(tmp_path / "scripts"))
    assert tables(database) == before
    with database.read() as connection:
        assert MigrationContext.configure(connection).get_current_revision() == schema.REVISION
        assert [tuple(row) for row in connection.execute(sa.text("SELECT * FROM root"))] == [
            ("a" * 24, b"/photos", 7)
        ]
    migrate(database)
    database.close()


def test_a_database_of_a_newer_version_is_refused(databases: Databases) -> None:
    data, url = databases.migrated()
    with open_store(data, url) as store, store.write() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(Conflict, match=r"schema 9999.*Upgrade Tamis"), open_store(data, url):
        pass


def test_two_processes_may_migrate_a_new_database_at_once(databases: Databases) -> None:
    data, url = databases.empty()
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(2)
    both = [context.Process(target=migrate_one, args=(data, url, barrier)) for _ in range(2)]
    for process in both:
        process.start()
    for process in both:
        process.join()
    assert [process.exitcode for process in both] == [0, 0]
    with open_store(data, url) as store:
        assert set(schema.metadata.tables) | {"alembic_version"} == tables(store.database)
