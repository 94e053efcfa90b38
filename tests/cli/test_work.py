"""Jobs in front of a user: posted together, shown, cancelled by Ctrl-C."""

import signal
from pathlib import Path
from typing import Any

import httpx
import pytest

from tamis.cli.output import Interrupted
from tamis.cli.progress import Lines
from tamis.cli.work import Work
from tamis.client import Client
from tamis.model.errors import TamisError, Unavailable
from tamis.model.job import Job
from tests.client.test_client import job

ID = "0" * 24


class Server:
    """Answers with the states of a job, one after the other."""

    def __init__(self, *states: dict[str, Any]) -> None:
        self.states = list(states)
        self.asked: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(f"{request.method} {request.url.path.replace(ID, 'ID')}")
        if request.url.path == "/readyz":
            return httpx.Response(503, json={"error": "Not ready.", "code": "unavailable"})
        return httpx.Response(200, json=self.states.pop(0) if len(self.states) > 1 else self.states[0])


class Silent(Lines):
    def show(self, job: Job) -> None:
        pass


class Impatient(Lines):
    def show(self, job: Job) -> None:
        raise KeyboardInterrupt


def work(server: Server, progress: Lines | None = None) -> tuple[Client, Work]:
    client = Client(transport=httpx.MockTransport(server))
    return client, Work(client, progress or Silent(), Path("worker.log"))


def test_a_job_that_is_about_to_be_cancelled_is_posted_again_once_it_is() -> None:
    server = Server(
        job(cancel_requested=True),
        job(state="cancelled", cancel_requested=True),
        job(),
        job(state="succeeded"),
    )
    client, made = work(server)
    (found,) = made.run(lambda: client.ingest(ID))
    assert found.state == "succeeded"
    posts = [line for line in server.asked if line.startswith("POST")]
    assert posts == ["POST /api/datasets/ID/samples"] * 2


def test_ctrl_c_cancels_what_runs() -> None:
    server = Server(job(), job(cancel_requested=True), job(state="cancelled"))
    client, made = work(server, Impatient())
    with pytest.raises(Interrupted, match="Run the same command again"):
        made.run(lambda: client.ingest(ID))
    assert server.asked[1] == "POST /api/jobs/ID/cancel"


def test_ctrl_c_while_a_job_is_posted_cancels_that_job_too() -> None:
    """Nobody else would: it would run before the next command's reading has ended, on some of the images."""
    server = Server(job(), job(cancel_requested=True), job(state="cancelled"))
    client, made = work(server)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)

    def post() -> Job:
        signal.raise_signal(signal.SIGINT)  # the server has the request, and its answer is on the way
        return client.ingest(ID)

    try:
        with pytest.raises(Interrupted, match="Run the same command again"):
            made.run(post)
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, before)
    assert server.asked[:2] == ["POST /api/datasets/ID/samples", "POST /api/jobs/ID/cancel"]


def test_a_job_that_another_cancels_is_told() -> None:
    client, made = work(Server(job(state="cancelled")))
    with pytest.raises(TamisError, match="Another command cancelled the job"):
        made.run(lambda: client.ingest(ID))


def test_a_worker_that_does_not_run_is_told_with_its_log(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tamis.cli.work._LOOK_AFTER_WORKER_SECONDS", 0.0)
    client, made = work(Server(job()))
    with pytest.raises(Unavailable, match=r"Not ready. 'worker.log' says why."):
        made.run(lambda: client.ingest(ID))
