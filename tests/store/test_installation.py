"""A database and its data folder belong together."""

import json
from pathlib import Path

import pytest

from tamis.model.errors import Conflict
from tamis.store.store import open_store
from tests.databases import Databases


def test_a_second_data_folder_on_one_database_is_refused(databases: Databases, tmp_path: Path) -> None:
    data, url = databases.migrated()
    shared = url or f"sqlite:///{data / 'tamis.sqlite'}"
    with open_store(data, shared):
        pass
    with (
        pytest.raises(Conflict, match=r"belongs to the data folder '.+', not to '.+other'"),
        open_store(tmp_path / "other", shared),
    ):
        pass
    with open_store(data, shared):
        pass


def test_a_data_folder_may_be_moved_and_may_have_another_database(
    databases: Databases, tmp_path: Path
) -> None:
    data, url = databases.empty()
    with open_store(data, url):
        pass
    name = json.loads((data / "tamis.json").read_text())
    moved = data.rename(tmp_path / "moved")
    with open_store(moved, url):
        pass
    with open_store(moved, databases.empty()[1]):
        pass
    assert json.loads((moved / "tamis.json").read_text()) == name


def test_a_data_folder_from_before_is_named_at_its_next_opening(databases: Databases) -> None:
    data, url = databases.empty()
    data.mkdir()
    (data / "tamis.json").write_text('{"format": 1}')
    with open_store(data, url):
        named = json.loads((data / "tamis.json").read_text())
    assert named.keys() == {"format", "id"}
    with open_store(data, url):
        assert json.loads((data / "tamis.json").read_text()) == named
