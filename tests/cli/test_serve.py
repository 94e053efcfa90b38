"""`tamis serve` as a process of its own: its link works, it ends cleanly, and it keeps to its rules."""

import json
import os
import re
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tamis.cli.address import read_address
from tests.cli.conftest import environment, run, start

pytestmark = pytest.mark.xdist_group("cli")

OWN = {"Sec-Fetch-Site": "same-origin", "X-Tamis": "1"}
Serve = Callable[..., tuple["subprocess.Popen[str]", str]]


@pytest.fixture
def serve(data: Path) -> Iterator[Serve]:
    """Starts the server at any free port, and returns it with its link."""
    started: list[subprocess.Popen[str]] = []

    def begin(*arguments: str | Path) -> tuple["subprocess.Popen[str]", str]:
        process = start(data, "serve", "--port", "0", *arguments)
        started.append(process)
        return process, link_of(process)

    yield begin
    for process in started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def link_of(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None and process.stderr is not None
    for line in process.stdout:
        if found := re.search(r"http\S+/login\?once=login_\w+", line):
            return found.group(0)
    raise AssertionError(f"It ended without a link: {process.stderr.read()}")


def end(process: "subprocess.Popen[str]", number: int = signal.SIGINT) -> tuple[int, str]:
    os.killpg(process.pid, number)  # to the whole group, as a terminal does
    _, err = process.communicate(timeout=60)
    return process.returncode, err


def browser(link: str) -> httpx.Client:
    return httpx.Client(base_url=link.partition("/login")[0], trust_env=False, timeout=60)


def test_the_link_signs_a_browser_in_and_ctrl_c_ends_it(serve: Serve, data: Path) -> None:
    process, link = serve()
    with browser(link) as client:
        assert client.get("/api/me").status_code == 401
        assert client.get("/").status_code == 200
        answer = client.get(link)
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        assert client.get("/api/me").json()["kind"] == "session"
        assert client.post("/api/datasets", json={"name": "mine"}, headers=OWN).status_code == 201
        assert client.post("/api/datasets", json={"name": "evil"}).status_code == 403
        with browser(link) as other:
            assert other.get(link).status_code == 401
        fresh = run(data, "login").out.strip()
        with browser(fresh) as other:
            assert other.get(fresh).status_code == 303
        secret = run(data, "token", "create", "--name", "a").out.splitlines()[-1]
        with browser(link) as other:
            bearer = {"Authorization": f"Bearer {secret}"}
            assert other.get("/api/datasets", headers=bearer).json()["items"][0]["name"] == "mine"
        cookie = next(iter(client.cookies.values()))
    assert [one["name"] for one in json.loads(run(data, "dataset", "list", "--json").out)] == ["mine"]
    assert stat.S_IMODE((data / "run/server.json").stat().st_mode) == 0o600
    code, err = end(process)
    assert (code, err) == (0, "Ended.\n")
    assert not (data / "run/server.json").exists() and not (data / "run/tamis.sock").exists()
    logs = "".join(path.read_text() for path in (data / "run").glob("*.log"))
    assert "GET /login 401" in logs
    codes = [address.partition("once=")[2] for address in (link, fresh)]
    assert not [secret for secret in (*codes, cookie, secret) if secret in logs]


def test_a_termination_ends_it_in_the_same_way(serve: Serve, data: Path) -> None:
    process, _ = serve()
    assert end(process, signal.SIGTERM) == (0, "Ended.\n")
    assert not (data / "run/server.json").exists()


def test_a_second_server_on_the_same_data_folder_is_refused(serve: Serve, data: Path) -> None:
    _, link = serve()
    second = run(data, "serve", "--port", "0")
    assert (second.code, second.out) == (1, "")
    assert (
        f"A server runs on the data folder '{data}' already, at {link.partition('/login')[0]}" in second.err
    )
    assert "tamis login" in second.err


def test_the_folder_is_opened_as_a_dataset_and_prepared(serve: Serve, data: Path, photos: Path) -> None:
    process, link = serve(photos)
    with browser(link) as client:
        client.get(link)
        (dataset,) = client.get("/api/datasets").json()["items"]
        assert dataset["name"] == photos.name
        jobs = client.get("/api/jobs").json()["items"]
        assert {job["kind"] for job in jobs} >= {"ingest", "embed"}
        with client.stream("GET", "/api/events") as stream:  # an open page does not hold the server up
            assert next(stream.iter_lines())
            assert end(process)[0] == 0
    _, link = serve(photos)  # again: the same dataset
    with browser(link) as client:
        client.get(link)
        assert [one["id"] for one in client.get("/api/datasets").json()["items"]] == [dataset["id"]]


def test_roots_are_allowed_by_the_command_line(serve: Serve, data: Path, photos: Path) -> None:
    _, link = serve("--root", photos)
    with browser(link) as client:
        client.get(link)
        assert [root["path"] for root in client.get("/api/roots").json()] == [str(photos.resolve())]


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "example.org"])
def test_s26_other_machines_are_answered_only_once_there_is_an_admin_token(data: Path, host: str) -> None:
    run(data, "token", "create", "--name", "a", "--scope", "write")
    ran = run(data, "serve", "--host", host)
    assert (ran.code, ran.out) == (1, "")
    assert "tamis token create --name NAME --scope admin" in ran.err


def test_with_an_admin_token_it_listens_where_it_is_told(serve: Serve, data: Path) -> None:
    run(data, "token", "create", "--name", "a", "--scope", "admin")
    process, link = serve("--host", "0.0.0.0")
    assert link.startswith("http://localhost:")
    with browser(link) as client:
        assert client.get(link).status_code == 303
        assert client.get("/", headers={"Host": "example.org"}).status_code == 403
    code, err = end(process)
    assert code == 0 and "TAMIS_ALLOWED_HOSTS" in err


def test_a_port_that_is_taken_is_told(serve: Serve, data: Path, tmp_path: Path) -> None:
    _, link = serve()
    port = link.partition("/login")[0].rpartition(":")[2]
    ran = run(tmp_path / "other", "serve", "--port", port)
    assert (ran.code, ran.out) == (1, "")
    assert f"Port {port} is taken by another program. Name another with --port." in ran.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nowhere",), "There is no folder 'nowhere'"),
        (("--root", "nowhere"), "There is no folder 'nowhere'"),
        (("--port", "70000"), "65535"),
    ],
)
def test_a_mistake_is_told_before_anything_is_made(
    data: Path, arguments: tuple[str, ...], words: str
) -> None:
    ran = run(data, "serve", *arguments)
    assert ran.code == 2 and words in ran.err
    assert not data.exists()


def test_the_data_folder_does_not_lie_among_the_images(photos: Path) -> None:
    ran = run(photos / "data", "serve", photos)
    assert ran.code == 2 and "would count as images" in ran.err


def test_there_is_no_link_to_a_server_that_does_not_run(data: Path, serve: Serve) -> None:
    assert run(data, "login").code == 1
    process, _ = serve()
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    ran = run(data, "login")
    assert read_address(data / "run") is not None  # left behind
    assert ran.code == 1 and "tamis serve" in ran.err


def test_the_server_stays_light_while_it_serves(data: Path) -> None:
    code = """
import sys, threading, time, os, signal
from tamis.cli.main import main
def look():
    while not os.path.exists(sys.argv[-1] + "/run/server.json"):
        time.sleep(0.05)
    import httpx, json
    from tamis.cli.address import read_address, transport_to
    from pathlib import Path
    from tamis.client import Client
    address = read_address(Path(sys.argv[-1]) / "run")
    with Client(address.url, address.secret, transport=transport_to(address)) as client:
        client.strategies(), client.encoders(), client.create_dataset("a")
    heavy = "torch numba onnx onnxruntime openTSNE umap sklearn dbos scipy lance"
    print("heavy:", *[name for name in heavy.split() if name in sys.modules], flush=True)
    os.kill(os.getpid(), signal.SIGINT)
threading.Thread(target=look).start()
sys.argv = ["tamis", "serve", "--port", "0", "--data", sys.argv[1]]
main()
"""
    ran = subprocess.run(
        [sys.executable, "-c", code, str(data)],
        env=environment(data), capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    assert "heavy:\n" in ran.stdout
