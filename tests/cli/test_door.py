"""The one door to a data folder: one process runs the server, the others find it, and any may go away."""

import json
import logging
import os
import signal
import socket
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tamis.cli import host
from tamis.cli.address import Address, read_address, write_address
from tamis.cli.door import Door, open_door
from tamis.client import Client
from tamis.model.errors import NotFound, Unauthenticated, Unavailable
from tamis.server.settings import Settings
from tamis.store.lock import FileLock
from tests.cli.conftest import Curated, make_photos, run, start

pytestmark = pytest.mark.xdist_group("cli")


@pytest.fixture
def settings(data: Path) -> Settings:
    return Settings(data=data)


@pytest.fixture
def idle(settings: Settings) -> Iterator[Door]:
    """A door whose server runs here, without a worker."""
    with Door(settings, works=False) as door:
        yield door


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def address(data: Path) -> Address:
    found = read_address(data / "run")
    assert found is not None
    return found


def test_only_the_user_can_reach_the_server(idle: Door, data: Path) -> None:
    assert mode(data / "run") == 0o700
    assert mode(data / "run/server.json") == 0o600
    assert mode(data / "run/tamis.sock") == 0o600
    assert mode(data / "run/lock") == 0o600
    assert address(data).pid == os.getpid()
    assert len(address(data).secret) >= 32


def test_the_loggers_of_whoever_runs_the_server_are_left_as_they_were(settings: Settings) -> None:
    loggers = [logging.getLogger(name) for name in ("tamis", "uvicorn")]
    before = [(logger.level, list(logger.handlers)) for logger in loggers]
    with Door(settings, works=False):
        assert [(logger.level, list(logger.handlers)) for logger in loggers] != before
    assert [(logger.level, list(logger.handlers)) for logger in loggers] == before


def test_nothing_is_left_but_the_logs(data: Path, settings: Settings) -> None:
    with Door(settings, works=False):
        pass
    assert {path.name for path in (data / "run").iterdir()} == {"lock", "server.log"}


def test_each_start_has_its_own_secret(data: Path) -> None:
    secrets = set()
    for _ in range(2):
        with Door(Settings(data=data), works=False):
            secrets.add(address(data).secret)
    assert len(secrets) == 2


def test_a_wrong_secret_does_not_pass(idle: Door, data: Path) -> None:
    with Client(token="wrong", socket=address(data).socket) as client, pytest.raises(Unauthenticated):
        list(client.datasets())


def test_a_second_door_uses_the_server_of_the_first(idle: Door, settings: Settings) -> None:
    idle.client.create_dataset("mine")
    with Door(settings, works=False) as second:
        assert (idle.is_host, second.is_host) == (True, False)
        assert [dataset.name for dataset in second.client.datasets()] == ["mine"]
        with second.store() as store:
            assert store.folder.path == settings.data


# httpcore leaves the socket of a refused connection to the garbage collector, which warns.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_when_the_first_ends_the_second_takes_over(data: Path) -> None:
    first = Door(Settings(data=data), works=False)
    first.open()
    with Door(Settings(data=data), works=False) as second:
        second.client.create_dataset("before")
        first.close()
        second.client.create_dataset("after")
        assert second.is_host
        assert [dataset.name for dataset in second.client.datasets()] == ["before", "after"]


def test_the_address_of_a_killed_server_is_recognised(data: Path, settings: Settings) -> None:
    with Door(settings, works=False):
        pass
    gone = socket.socket(socket.AF_UNIX)
    gone.bind(str(data / "run/tamis.sock"))
    gone.close()  # as after kill -9: the socket's file is there, and nobody listens
    stale = Address(url="http://localhost", socket=str(data / "run/tamis.sock"), secret="x" * 40, pid=1)
    write_address(data / "run", stale)
    with Door(settings, works=False) as door:
        assert door.is_host
        assert list(door.client.datasets()) == []
        assert address(data) != stale


@pytest.mark.parametrize("content", [b"", b"{", b"{}", b"\xff", b"[]"])
def test_a_damaged_address_is_no_address(data: Path, settings: Settings, content: bytes) -> None:
    (data / "run").mkdir(parents=True)
    (data / "run/server.json").write_bytes(content)
    with Door(settings, works=False) as door:
        assert list(door.client.datasets()) == []


def test_a_holder_that_does_not_answer_is_told(
    data: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tamis.cli.door._PATIENCE_SECONDS", 0.1)
    door = Door(settings, works=False)
    lock = FileLock.try_take(data / "run/lock")
    assert lock is not None
    with pytest.raises(Unavailable, match="does not answer"), door:
        pass
    lock.release()


def test_a_long_path_gets_a_socket_elsewhere_that_only_the_user_reaches(tmp_path: Path) -> None:
    data = tmp_path / ("a" * 100)
    with Door(Settings(data=data), works=False) as door:
        assert list(door.client.datasets()) == []
        path = Path(str(address(data).socket))
        assert len(os.fsencode(path)) <= host.LONGEST_SOCKET_PATH
        assert (mode(path), mode(path.parent)) == (0o600, 0o700)
    assert not path.parent.exists()


def test_without_unix_sockets_a_loopback_port_and_the_secret_do(
    data: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(host, "HAS_UNIX_SOCKETS", False)
    with Door(settings, works=False) as door, Door(settings, works=False) as guest:
        found = address(data)
        assert found.socket is None and found.url.startswith("http://127.0.0.1:")
        assert list(door.client.datasets()) == list(guest.client.datasets()) == []
        assert httpx.get(f"{found.url}/api/datasets", trust_env=False).status_code == 401


def test_a_door_without_a_worker_does_not_serve_one_that_needs_it(
    idle: Door, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tamis.cli.door._PATIENCE_SECONDS", 0.1)
    with pytest.raises(Unavailable), Door(Settings(data=data), works=True):
        pass
    with pytest.raises(Unavailable, match="worker"):
        idle.client.ready()


def test_a_data_folder_is_made_only_for_work(data: Path, settings: Settings) -> None:
    with pytest.raises(NotFound):
        open_door(settings)
    assert not data.exists()


# Processes


def curate(data: Path, photos: Path) -> "subprocess.Popen[str]":
    return start(data, "curate", photos, "--keep", "5", "--encoder", "pixels", "--json")


def wait_for(process: "subprocess.Popen[str]", words: str) -> None:
    assert process.stderr is not None
    for line in process.stderr:
        if words in line:
            return
    raise AssertionError(f"It ended without saying '{words}'.")


def finish(process: "subprocess.Popen[str]") -> tuple[int, str, str]:
    out, err = process.communicate(timeout=120)
    return process.returncode, out, err


def test_two_at_once_share_one_server_and_agree(photos: Path, data: Path) -> None:
    both = [curate(data, photos) for _ in range(2)]
    results = [finish(process) for process in both]
    assert [code for code, *_ in results] == [0, 0], results
    first, second = (json.loads(out) for _, out, _ in results)
    assert first["tag"] == second["tag"]
    assert first["dataset"]["id"] == second["dataset"]["id"]
    assert not (data / "run/server.json").exists()


def test_a_killed_command_is_continued_by_the_next(curated: Curated, photos: Path, data: Path) -> None:
    process = curate(data, photos)
    wait_for(process, "Reading images")
    os.killpg(process.pid, signal.SIGKILL)
    finish(process)
    assert (data / "run/server.json").exists()  # left behind, and recognised as stale
    ran = run(data, "curate", photos, "--keep", "5", "--encoder", "pixels", "--json")
    assert ran.code == 0, ran.err
    assert json.loads(ran.out)["tag"]["digest"] == curated.first["tag"]["digest"]


def test_a_command_that_waits_goes_on_when_the_one_with_the_server_is_killed(
    curated: Curated, photos: Path, data: Path
) -> None:
    first = curate(data, photos)
    wait_for(first, "Reading images")
    second = curate(data, photos)
    wait_for(second, "Encoding")
    os.killpg(first.pid, signal.SIGKILL)
    finish(first)
    code, out, err = finish(second)
    assert code == 0, err
    assert json.loads(out)["tag"]["digest"] == curated.first["tag"]["digest"]


def test_ctrl_c_cancels_the_job_and_the_next_run_goes_on(tmp_path: Path, data: Path) -> None:
    photos = make_photos(tmp_path / "many", 200)
    process = curate(data, photos)
    wait_for(process, "Reading images")
    os.killpg(process.pid, signal.SIGINT)  # to the whole group, as a terminal does
    code, out, err = finish(process)
    assert (code, out) == (130, ""), err
    assert "Run the same command again" in err and "Traceback" not in err
    assert not (data / "run/server.json").exists()
    ran = run(data, "curate", photos, "--keep", "5", "--encoder", "pixels", "--json")
    assert ran.code == 0, ran.err
    assert json.loads(ran.out)["dataset"]["images"] == 200
