"""The two databases, an SQLite file and a real PostgreSQL server: each test gets an empty one of its own.

Both come from a template that has been migrated once.
"""

import itertools
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from tamis.store.store import Store, open_store
from tests.postgres import Postgres, running

_WORKER = os.environ.get("PYTEST_XDIST_WORKER", "alone")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with running(_WORKER) as server:
        yield server


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
    lent: ExitStack

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
        name = self.lent.enter_context(self.postgres.lent(str(self.template.name)))
        return data, self.postgres.url(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def databases(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Databases]:
    """The test runs once on each database."""
    server = None if request.param == "sqlite" else request.getfixturevalue("postgres")
    template = request.getfixturevalue("sqlite_template" if server is None else "postgres_template")
    with ExitStack() as lent:
        yield Databases(request.param, tmp_path, server, template, itertools.count(), lent)


MakeStore = Callable[[], Store]


@pytest.fixture
def make_store(databases: Databases) -> Iterator[MakeStore]:
    """Opens as many empty stores as a test needs, each with a data folder and a database of its own."""
    with ExitStack() as stack:
        yield lambda: stack.enter_context(open_store(*databases.migrated()))


@pytest.fixture
def store(make_store: MakeStore) -> Store:
    return make_store()
