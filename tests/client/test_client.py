"""The client speaks to every route, understands every refusal, and waits without hurry."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import numpy as np
import pytest

from tamis.client import Client, waiting
from tamis.client import transport as travel
from tamis.client.waiting import JobFailed
from tamis.model.embedding import EmbeddingCreate
from tamis.model.errors import BY_CODE, Invalid, NotFound, TamisError, Unavailable
from tamis.model.job import Job, JobCancelled
from tamis.model.projection import ProjectionCreate
from tamis.model.token import TokenCreate
from tamis.server.openapi import documented_app

ID = "0" * 24
Answer = Callable[[httpx.Request], httpx.Response]


def client_of(answer: Answer) -> Client:
    return Client("http://localhost", "secret", transport=httpx.MockTransport(answer))


def refuse(status: int, **body: str) -> Answer:
    return lambda _: httpx.Response(status, json=body)


def job(**values: Any) -> dict[str, Any]:
    return {
        "id": ID, "kind": "ingest", "dataset_id": ID, "state": "running", "stage": "read", "done": 0,
        "total": 10, "error": None, "result": {}, "cancel_requested": False, "created_at": 1,
        "started_at": None, "finished_at": None,
    } | values  # fmt: skip


@pytest.fixture(autouse=True)
def no_sleep(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    slept: list[float] = []
    monkeypatch.setattr("time.sleep", slept.append)
    yield slept


def test_there_is_a_method_for_every_route() -> None:
    asked: set[tuple[str, str]] = set()

    def remember(request: httpx.Request) -> httpx.Response:
        asked.add((request.method, request.url.path))
        return httpx.Response(404, json={"error": "No.", "code": "not_found"})

    with client_of(remember) as client:
        for call in (
            client.ready,
            lambda: list(client.datasets()),
            lambda: client.create_dataset("a"),
            lambda: client.dataset(ID),
            lambda: client.rename_dataset(ID, "a"),
            lambda: client.remove_dataset(ID),
            lambda: client.ingest(ID),
            lambda: list(client.samples(ID)),
            lambda: client.sample(ID, 0),
            lambda: client.image(ID, 0),
            lambda: client.thumbnail(ID, 0),
            lambda: client.annotate(ID, {}),
            lambda: list(client.problems(ID)),
            lambda: list(client.uploads(ID)),
            lambda: client.create_upload(ID),
            lambda: client.upload_state(ID, ID),
            lambda: client.check_upload(ID, ID, []),
            lambda: client.send_files(ID, ID, [("a", b"")]),
            lambda: client.close_upload(ID, ID),
            lambda: list(client.tags(ID)),
            lambda: client.tag(ID, ID),
            lambda: client.tag_selection(ID, "a", ID, 1),
            lambda: client.tag_files(ID, "a", ID, []),
            lambda: client.rename_tag(ID, ID, "a"),
            lambda: client.remove_tag(ID, ID),
            lambda: client.paths(ID, ID),
            lambda: client.embed(ID, EmbeddingCreate()),
            lambda: list(client.embeddings(ID)),
            lambda: client.embedding(ID, ID),
            lambda: client.project(ID, ProjectionCreate(embedding_id=ID)),
            lambda: list(client.projections(ID)),
            lambda: client.projection(ID, ID),
            lambda: client.points(ID, ID),
            lambda: client.select(
                ID, tag_id=ID, embedding_id=ID, strategy={"strategy": "random"}, n_samples=1
            ),
            lambda: list(client.selections(ID)),
            lambda: client.selection(ID, ID),
            lambda: client.ranking(ID, ID),
            lambda: list(client.jobs()),
            lambda: client.job(ID),
            lambda: client.cancel(ID),
            client.me,
            lambda: list(client.tokens()),
            lambda: client.create_token(TokenCreate(name="a")),
            lambda: client.revoke_token(ID),
            client.strategies,
            client.encoders,
            client.doctor,
            client.roots,
            lambda: client.folders(ID),
            lambda: client.summary(ID),
            lambda: client.prepare(ID),
            lambda: client.members(ID),
            lambda: client.members(ID, ID),
            lambda: client.thumbnails(ID, [0]),
            lambda: client.picture(ID, ID),
            lambda: client.estimate(ID, {}),
            lambda: client.upload_vectors(ID, "a", ["a.jpg"], np.zeros((1, 2), np.float32)),
            lambda: list(client.vectors(ID, ID)),
            lambda: client.remove_embedding(ID, ID),
            lambda: next(client.events()),
        ):
            with pytest.raises(NotFound):
                call()
    expected = {
        (
            method.upper(),
            re.sub(r"\{(\w+)\}", lambda name: {"position": "0", "name": "a"}.get(name[1], ID), path),
        )
        for path, methods in documented_app().openapi()["paths"].items()
        for method in methods
    }
    of_browsers = ("POST", "/api/me/logout")
    assert asked == expected - {("GET", "/healthz"), of_browsers}


@pytest.mark.parametrize("kind", BY_CODE.values(), ids=lambda kind: kind.code)
def test_a_refusal_becomes_the_error_of_its_code(kind: type[TamisError]) -> None:
    answer = refuse(kind.status, error="It is refused.", code=kind.code, field="thing", request_id="1")
    with client_of(answer) as client, pytest.raises(kind) as caught:
        client.dataset(ID)
    assert type(caught.value) is kind
    assert (caught.value.message, caught.value.field) == ("It is refused.", "thing")


def test_an_unexpected_error_of_the_server_names_its_request() -> None:
    answer = refuse(500, error="It broke.", code="error", request_id="abc")
    with client_of(answer) as client, pytest.raises(TamisError, match=r"It broke. \(request abc\)"):
        client.dataset(ID)


@pytest.mark.parametrize("content", [b"", b"<html>", b"[]", b'"x"', b"{}"])
def test_an_answer_that_is_not_ours_is_unavailable(content: bytes) -> None:
    with client_of(lambda _: httpx.Response(502, content=content)) as client, pytest.raises(Unavailable):
        client.dataset(ID)


def test_an_answer_of_another_version_is_unavailable() -> None:
    answer = refuse(200, colour="red")
    with client_of(answer) as client, pytest.raises(Unavailable, match="not understood"):
        client.dataset(ID)


def test_the_token_goes_in_the_header_and_nowhere_else() -> None:
    def look(request: httpx.Request) -> httpx.Response:
        assert request.headers["authorization"] == "Bearer secret"
        assert "secret" not in str(request.url)
        return httpx.Response(200, json={"items": []})

    with client_of(look) as client:
        assert list(client.datasets()) == []


def test_pages_are_fetched_as_they_are_needed() -> None:
    afters: list[str | None] = []

    def page(request: httpx.Request) -> httpx.Response:
        afters.append(request.url.params.get("after"))
        items = [job(id=f"{len(afters):024x}"), job(id=f"{len(afters) + 100:024x}")]
        return httpx.Response(200, json={"items": items, "next": "b/c?" if len(afters) == 1 else None})

    with client_of(page) as client:
        found = client.jobs()
        assert afters == []
        next(found)
        assert afters == [None]
        assert len(list(found)) == 3
        assert afters == [None, "b/c?"]


def failing(times: int, error: type[httpx.TransportError]) -> tuple[list[str], Answer]:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.method)
        if len(asked) <= times:
            raise error("gone")
        if request.method == "DELETE":
            return httpx.Response(204)
        return httpx.Response(200, json=job())

    return asked, answer


@pytest.mark.parametrize("error", [httpx.ConnectError, httpx.ReadError, httpx.RemoteProtocolError])
def test_what_may_be_asked_twice_is_asked_again(error: type[httpx.TransportError]) -> None:
    for call in (lambda client: client.job(ID), lambda client: client.remove_dataset(ID)):
        asked, answer = failing(3, error)
        with client_of(answer) as client:
            call(client)
        assert len(asked) == 4


def test_a_request_that_may_have_arrived_is_not_sent_again() -> None:
    asked, answer = failing(1, httpx.ReadError)
    with client_of(answer) as client, pytest.raises(Unavailable):
        client.ingest(ID)
    assert len(asked) == 1


def test_a_request_that_never_left_is_sent_again() -> None:
    asked, answer = failing(1, httpx.ConnectError)
    with client_of(answer) as client:
        client.ingest(ID)
    assert len(asked) == 2


def test_a_server_that_stays_away_is_unavailable(no_sleep: list[float]) -> None:
    asked, answer = failing(100, httpx.ConnectError)
    with client_of(answer) as client, pytest.raises(Unavailable, match="does not answer"):
        client.job(ID)
    assert len(asked) == len(travel._PAUSES) + 1
    assert no_sleep == list(travel._PAUSES)


def in_turn(*states: dict[str, Any]) -> Answer:
    left = list(states)
    return lambda _: httpx.Response(200, json=left.pop(0) if len(left) > 1 else left[0])


def test_waiting_reports_progress_and_returns_the_result(no_sleep: list[float]) -> None:
    seen: list[tuple[str, int]] = []
    done = job(state="succeeded", done=10, result={"new": 10})
    with client_of(in_turn(job(done=3), job(done=7), done)) as client:
        found = client.wait(Job.model_validate(job()), lambda one: seen.append((one.state, one.done)))
    assert found.result == {"new": 10}
    assert seen == [("running", 0), ("running", 3), ("running", 7), ("succeeded", 10)]


def test_waiting_looks_less_and_less_often(no_sleep: list[float]) -> None:
    with client_of(in_turn(*[job()] * 200, job(state="succeeded"))) as client:
        client.wait(Job.model_validate(job()))
    assert no_sleep[0] == 0.05
    assert no_sleep == sorted(no_sleep)
    assert no_sleep[-1] == waiting._LONGEST_PAUSE


def test_a_failed_job_raises_its_error() -> None:
    answer = in_turn(job(state="failed", error="The disk is full."))
    with client_of(answer) as client, pytest.raises(JobFailed, match="The disk is full") as caught:
        client.wait(Job.model_validate(job()))
    assert caught.value.job.state == "failed"


def test_a_cancelled_job_raises() -> None:
    with client_of(in_turn(job(state="cancelled"))) as client, pytest.raises(JobCancelled):
        client.wait(Job.model_validate(job()))


def test_a_finished_job_is_not_asked_about() -> None:
    def never(_: httpx.Request) -> httpx.Response:
        raise AssertionError

    with client_of(never) as client:
        assert client.wait(Job.model_validate(job(state="succeeded"))).state == "succeeded"


def test_a_wrong_name_is_refused_before_it_is_sent() -> None:
    with client_of(refuse(500)) as client, pytest.raises((Invalid, ValueError)):
        client.create_dataset("")


@pytest.mark.parametrize(
    "call",
    [
        lambda client: client.create_dataset("a\tb"),
        lambda client: client.rename_dataset(ID, "a\tb"),
        lambda client: client.rename_tag(ID, ID, "a\tb"),
        lambda client: client.tag_files(ID, "a\tb", ID, []),
        lambda client: client.tag_selection(ID, "a\tb", ID, 1),
    ],
)
def test_a_name_that_is_no_name_is_refused_before_anything_is_sent(call: Callable[[Client], object]) -> None:
    with client_of(never) as client, pytest.raises(Invalid) as caught:
        call(client)
    assert (caught.value.message, caught.value.field) == (
        "name: A name holds no control characters; this one holds U+0009.",
        "name",
    )


def never(request: httpx.Request) -> httpx.Response:
    raise AssertionError(f"{request.method} {request.url} was sent.")
