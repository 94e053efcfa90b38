"""The event stream over a real server: what happens arrives, from where one left off, and costs no thread."""

import asyncio
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import get_args

import httpx
import pytest
import sqlalchemy as sa
import uvicorn
from fastapi import FastAPI

from tamis.client import Client
from tamis.model.dataset import DatasetCreate
from tamis.model.errors import NotFound
from tamis.model.event import EventKind
from tamis.model.ids import now
from tamis.model.token import TokenCreate
from tamis.queue.outbox import submit
from tamis.server import following
from tamis.server.following import EventReader
from tamis.services import datasets, events, jobs, samples, tokens
from tamis.store import jobs as job_rows
from tamis.store import schema
from tamis.store.store import Store
from tests import made
from tests.server.conftest import SECRET

PATIENCE_SECONDS = 30.0
NOBODY = "f" * 24


class Stream:
    """One open stream, read event by event."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self._lines = response.iter_lines()

    def block(self) -> dict[str, str]:
        """Return the fields of the next block; a comment is the field ''."""
        found: dict[str, str] = {}
        for line in self._lines:
            if not line and found:
                return found
            name, _, value = line.partition(":")
            if line:
                found[name] = value.strip()
        raise EOFError

    def event(self) -> dict[str, str]:
        """Return the next block that a browser would hand to a listener."""
        while True:
            found = self.block()
            if "data" in found:
                return found

    def start(self) -> int:
        """Read up to the id from which on the stream is live, and return it."""
        while True:
            found = self.block()
            if set(found) == {"id"}:
                return int(found["id"])


class Live:
    """A server with a port of its own."""

    def __init__(self, app: FastAPI, url: str) -> None:
        self.reader: EventReader = app.state.events
        self.url = url

    @contextmanager
    def follow(
        self, last: str | None = None, dataset: str | None = None, secret: str = SECRET
    ) -> Iterator[Stream]:
        headers = {"Authorization": f"Bearer {secret}"}
        if last is not None:
            headers["Last-Event-ID"] = last
        parameters = {} if dataset is None else {"dataset": dataset}
        with (
            httpx.Client(base_url=self.url, headers=headers, timeout=PATIENCE_SECONDS) as client,
            client.stream("GET", "/api/events", params=parameters) as response,
        ):
            yield Stream(response)

    def get(self, path: str) -> httpx.Response:
        headers = {"Authorization": f"Bearer {SECRET}"}
        return httpx.get(f"{self.url}{path}", headers=headers, timeout=PATIENCE_SECONDS)


@pytest.fixture
def live(app: FastAPI, store: Store) -> Iterator[Live]:
    app.state.events = EventReader(store, look_seconds=0.02)
    config = uvicorn.Config(app, port=0, log_config=None, lifespan="off", ws="none", http="h11")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    until(lambda: server.started)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield Live(app, f"http://127.0.0.1:{port}")
    app.state.events.close()
    server.should_exit = True
    thread.join()


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def make(store: Store, name: str) -> str:
    return datasets.create(store, DatasetCreate(name=name)).id


def shown(event: dict[str, str]) -> tuple[str, dict[str, str]]:
    return event["event"], json.loads(event["data"])


def test_what_happens_arrives_with_its_id(live: Live, store: Store) -> None:
    make(store, "before")
    with live.follow() as stream:
        assert stream.response.headers["content-type"].startswith("text/event-stream")
        assert stream.response.headers["cache-control"] == "no-store"
        start = stream.start()
        assert start == events.newest(store)
        first, second = make(store, "one"), make(store, "two")
        found = [stream.event(), stream.event()]
    assert [shown(event) for event in found] == [
        ("dataset.created", {"id": first, "dataset": first}),
        ("dataset.created", {"id": second, "dataset": second}),
    ]
    first_id, second_id = (int(event["id"]) for event in found)
    assert start < first_id < second_id


def test_who_comes_back_is_told_what_was_missed(live: Live, store: Store) -> None:
    with live.follow() as stream:
        stream.start()
        make(store, "one")
        last = stream.event()["id"]
    missed = [make(store, "two"), make(store, "three")]
    with live.follow(last) as stream:
        assert [json.loads(stream.event()["data"])["id"] for _ in missed] == missed
        stream.start()
        later = make(store, "four")
        assert shown(stream.event()) == ("dataset.created", {"id": later, "dataset": later})


def test_only_the_events_of_one_dataset_where_it_is_named(live: Live, store: Store) -> None:
    mine, other = make(store, "mine"), make(store, "other")
    with live.follow(dataset=mine) as stream:
        last = stream.start()
        for dataset_id in (other, mine, other):
            with store.write() as connection:
                submit(connection, "embed", dataset_id, {})
        assert json.loads(stream.event()["data"])["dataset"] == mine
    with live.follow(str(last), dataset=mine) as stream:
        assert json.loads(stream.event()["data"])["dataset"] == mine
        stream.start()


def age(store: Store, keep: int) -> None:
    """Let all events but the last `keep` be older than a day, and forget what may be."""
    with store.write() as connection:
        newest = connection.execute(sa.select(sa.func.max(schema.event.c.id))).scalar_one()
        old = schema.event.c.id <= newest - keep
        connection.execute(schema.event.update().where(old).values(created_at=now() - 25 * 3600 * 1000))
    events.forget_old(store)


def test_what_is_forgotten_is_answered_by_a_reset(live: Live, store: Store) -> None:
    dataset_id = make(store, "one")
    with live.follow() as stream:
        last = stream.start()
    for number in range(3):
        with store.write() as connection:
            submit(connection, "embed", dataset_id, {"number": number})
    age(store, keep=1)
    with live.follow(str(last)) as stream:
        assert shown(stream.event()) == ("reset", {})
        assert stream.start() == events.newest(store)
        later = make(store, "two")
        assert json.loads(stream.event()["data"])["id"] == later


def test_after_a_quiet_day_nothing_was_missed(live: Live, store: Store) -> None:
    make(store, "one")
    last = events.newest(store)
    age(store, keep=0)
    with live.follow(str(last)) as stream:
        assert stream.start() == last
        make(store, "two")
        assert stream.event()["event"] == "dataset.created"


def test_an_id_of_the_future_is_answered_by_a_reset(live: Live, store: Store) -> None:
    make(store, "one")  # a backup was put back, and its numbers begin again
    with live.follow("999") as stream:
        assert stream.event()["event"] == "reset"


def test_the_last_event_of_each_dataset_is_kept(store: Store) -> None:
    one, two = make(store, "one"), make(store, "two")
    with store.write() as connection:
        submit(connection, "embed", one, {})
    assert events.forget_old(store) == 0
    age(store, keep=0)
    with store.read() as connection:
        rows = connection.execute(sa.select(schema.event.c.dataset_id, schema.event.c.kind)).all()
    assert sorted(tuple(row) for row in rows) == sorted([(one, "job.queued"), (two, "dataset.created")])
    assert (
        datasets.get(store, one).changed_at < now() - 24 * 3600 * 1000 < datasets.get(store, one).created_at
    )


def test_progress_of_a_job_comes_without_an_id(live: Live, store: Store) -> None:
    dataset_id = make(store, "one")
    with store.write() as connection:
        job = submit(connection, "embed", dataset_id, {})
    with live.follow() as stream:
        stream.start()
        with store.write() as connection:
            job_rows.start(connection, job.id)
            job_rows.progress(connection, job.id, "embed", 1, 10)
        found = stream.event()
        assert shown(found) == ("job.progress", {"id": job.id, "dataset": dataset_id})
        assert "id" not in found
        with store.write() as connection:
            job_rows.progress(connection, job.id, "embed", 2, 10)
        assert shown(stream.event())[0] == "job.progress"
        with store.write() as connection:
            job_rows.finish(connection, job.id, "succeeded")
        assert shown(stream.event()) == ("job.succeeded", {"id": job.id, "dataset": dataset_id})
    assert jobs.get(store, job.id).state == "succeeded"


def test_who_leaves_leaves_nothing_behind(live: Live, store: Store) -> None:
    with live.follow() as one, live.follow() as two:
        one.start(), two.start()
        assert live.reader.n_followers == 2
        assert live.reader.is_looking
    until(lambda: live.reader.n_followers == 0 and not live.reader.is_looking)
    with live.follow() as stream:  # and it starts anew
        stream.start()
        make(store, "one")
        assert stream.event()["event"] == "dataset.created"


def test_many_who_follow_take_no_thread_and_no_connection(live: Live, store: Store) -> None:
    before = threading.active_count()
    with ExitStack() as stack:
        streams = [stack.enter_context(live.follow()) for _ in range(60)]  # the server answers in 40 threads
        for stream in streams:
            stream.start()
        assert threading.active_count() <= before + 4
        assert store.database.engine.pool.checkedout() <= 1  # type: ignore[attr-defined]
        assert live.get("/api/datasets").status_code == 200
        dataset_id = make(store, "one")
        assert {stream.event()["data"] for stream in streams} == {
            json.dumps({"id": dataset_id, "dataset": dataset_id})
        }


def test_a_quiet_stream_says_that_it_is_still_there(
    live: Live, monkeypatch: pytest.MonkeyPatch, store: Store
) -> None:
    monkeypatch.setattr(following, "HEARTBEAT_SECONDS", 0.02)
    with live.follow() as stream:
        stream.start()
        assert stream.block() == {"": "still here"}


def test_a_server_that_stops_ends_its_streams(live: Live) -> None:
    with live.follow() as stream:
        stream.start()
        live.reader.close()
        with pytest.raises(EOFError):
            stream.event()


def test_s33_a_stream_ends_when_its_token_is_revoked(
    live: Live, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "CHECK_SECONDS", 0.02)
    revoked, kept = (tokens.create(store, TokenCreate(name=name)) for name in ("revoked", "kept"))
    with live.follow(secret=revoked.secret) as stream, live.follow(secret=kept.secret) as other:
        stream.start()
        other.start()
        tokens.revoke(store, revoked.token.id)
        with pytest.raises(EOFError):
            stream.event()
        make(store, "photos")
        assert other.event()["event"] == "dataset.created"


def test_a_follower_who_does_not_read_is_reset(store: Store) -> None:
    follower = following.Follower(None, lambda: True)
    for number in range(following.LONGEST_QUEUE + 1):
        follower.tell(events.Event(number + 1, NOBODY, "tag.created", NOBODY))
    assert asyncio.run(follower.next(1)) == following.RESET


@pytest.mark.parametrize("last", ["x", "-1", "1.5", str(2**63), "1 OR 1=1"])
def test_a_last_id_that_is_none_is_refused(http: httpx.Client, last: str) -> None:
    response = http.get("/api/events", headers={"Last-Event-ID": last})
    assert (response.status_code, response.json()["code"]) == (422, "invalid")


def test_a_dataset_that_is_not_there_is_not_followed(live: Live) -> None:
    assert live.get(f"/api/events?dataset={made.JOB}").status_code == 404
    assert live.get("/api/events?dataset=x").status_code == 422
    until(lambda: live.reader.n_followers == 0)


def test_the_web_listens_for_every_kind_and_for_no_other() -> None:
    source = (Path(__file__).resolve().parents[2] / "web/src/api/events.ts").read_text(encoding="utf-8")
    (listed,) = re.findall(r"const KINDS = \[(.*?)\]", source, re.DOTALL)
    assert set(re.findall(r'"([a-z.]+)"', listed)) == set(get_args(EventKind))


def test_metadata_that_comes_is_an_event(store: Store) -> None:
    dataset_id = made.dataset_of(store, "a.jpg")
    before = events.newest(store)
    samples.annotate(store, dataset_id, {})
    samples.annotate(store, dataset_id, {"a.jpg": {"class": "cat"}})
    found = events.look(store, before).events
    assert [(event.kind, event.subject_id) for event in found] == [("samples.annotated", dataset_id)]


def test_the_client_follows_events(live: Live, store: Store) -> None:
    first = make(store, "one")
    with Client(live.url, SECRET) as client:
        missed = client.events(after=0)
        assert next(missed).kind == "reset"  # there never was an event 0
        missed.close()
        following_one = client.events(first, after=events.newest(store))
        with store.write() as connection:
            job = submit(connection, "embed", first, {})
        found = next(following_one)
        assert (found.dataset_id, found.kind, found.subject_id) == (first, "job.queued", job.id)
        assert found.id == events.newest(store)
        following_one.close()
        with pytest.raises(NotFound):
            next(client.events(NOBODY))


def test_every_kind_is_on_the_page_about_the_api() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs/api.md").read_text(encoding="utf-8")
    rows = "\n".join(line for line in page.splitlines() if line.startswith("| `"))
    assert set(get_args(EventKind)) - set(re.findall(r"`([a-z.]+)`", rows)) == set()
