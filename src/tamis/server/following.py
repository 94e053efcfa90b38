"""Following the events: one reader looks into the database for all who follow.

A follower is a queue in the event loop. It holds neither a connection to the database nor one of the threads
in which requests are answered, so that a hundred open pages cost one look twice a second.
"""

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TypeVar

import anyio
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from tamis.model.event import Event
from tamis.services import events
from tamis.store.store import Store

log = logging.getLogger("tamis.server")

Answer = TypeVar("Answer")

LOOK_SECONDS = 0.5
HEARTBEAT_SECONDS = 15.0
CHECK_SECONDS = 3.0
"""How often it is asked whether those who follow still may."""
_RETRY_MILLISECONDS = 2000
LONGEST_QUEUE = 1000
RESET = Event(None, "", "reset", "")


class Follower:
    """One open stream: what it has been told and has not sent yet."""

    def __init__(self, dataset_id: str | None, holds: Callable[[], bool]) -> None:
        self.dataset_id = dataset_id
        self.holds = holds
        self._waiting: asyncio.Queue[Event | None] = asyncio.Queue()

    def tell(self, event: Event) -> None:
        """Hand over an event; who does not read gets a `reset` instead of all that has piled up."""
        if self.dataset_id not in (None, event.dataset_id):
            return
        if self._waiting.qsize() >= LONGEST_QUEUE:
            while not self._waiting.empty():
                self._waiting.get_nowait()
            event = RESET
        self._waiting.put_nowait(event)

    def end(self) -> None:
        """Close the stream once all has been sent."""
        self._waiting.put_nowait(None)

    async def next(self, seconds: float) -> Event | None:
        """Return the next event, or None at the end.

        Raises:
            TimeoutError: none has come for so long.
        """
        async with asyncio.timeout(seconds):
            return await self._waiting.get()


class EventReader:
    """Looks for events while anybody follows, and tells all who do."""

    def __init__(self, store: Store, look_seconds: float = LOOK_SECONDS) -> None:
        self._store = store
        self._look_seconds = look_seconds
        self._followers: set[Follower] = set()
        self._task: asyncio.Task[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._threads: anyio.CapacityLimiter | None = None
        self._ready = asyncio.Event()

    @property
    def n_followers(self) -> int:
        """How many streams are open."""
        return len(self._followers)

    @property
    def is_looking(self) -> bool:
        """Whether the database is looked at, which it is only while anybody follows."""
        return self._task is not None and not self._task.done()

    async def ask(self, question: Callable[..., Answer], *arguments: object) -> Answer:
        """Ask the database, in a thread that is not one of those that answer requests."""
        if self._threads is None:
            self._threads = anyio.CapacityLimiter(2)  # one for the looks, one for those who come
        return await anyio.to_thread.run_sync(question, self._store, *arguments, limiter=self._threads)

    @contextmanager
    def follow(self, dataset_id: str | None, holds: Callable[[], bool]) -> Iterator[Follower]:
        """Be told of all that happens from now on, for as long as `holds` says yes."""
        follower = Follower(dataset_id, holds)
        self._followers.add(follower)
        if self._task is None:
            self._loop = asyncio.get_running_loop()
            self._ready = asyncio.Event()
            self._task = self._loop.create_task(self._look_for_ever())
        try:
            yield follower
        finally:
            self._followers.discard(follower)
            if not self._followers and self._task is not None:
                self._task.cancel()
                self._task = None

    async def missed(self, dataset_id: str | None, after: int | None) -> tuple[int, list[Event] | None]:
        """Return the id of the last event, and those after `after`; None where they are not to be had.

        Asked once the reader has begun: what happens in between is known twice, and not at all otherwise.
        """
        await self._ready.wait()
        return await self.ask(events.missed, after, dataset_id)

    def close(self) -> None:
        """End all streams, from whatever thread; a server could not stop before its last client does."""
        if self._loop is not None:
            with suppress(RuntimeError):  # the loop has ended
                self._loop.call_soon_threadsafe(self._end_all)

    def _end_all(self) -> None:
        for follower in self._followers:
            follower.end()

    async def _look_for_ever(self) -> None:
        try:
            last = await self.ask(events.newest)
            self._ready.set()
            before: dict[tuple[str, str], tuple[str, int, int]] = {}
            checked_at = time.monotonic()
            while True:
                news = await self.ask(events.look, last)
                for event in news.events:
                    last = event.id or last
                    self._tell(event)
                for (dataset_id, job_id), state in news.running.items():
                    if before.get((dataset_id, job_id)) != state:
                        self._tell(Event(None, dataset_id, "job.progress", job_id))
                before = news.running
                if time.monotonic() - checked_at >= CHECK_SECONDS:
                    for follower in await self.ask(_withdrawn, list(self._followers)):
                        follower.end()
                    checked_at = time.monotonic()
                await asyncio.sleep(self._look_seconds)
        except Exception:  # the edge of the process: those who follow come back, and it starts anew
            log.exception("The events cannot be read.")
            self._task = None
            self._ready.set()
            self._end_all()

    def _tell(self, event: Event) -> None:
        for follower in self._followers:
            follower.tell(event)


def _withdrawn(_: Store, followers: list[Follower]) -> list[Follower]:
    return [follower for follower in followers if not follower.holds()]


class EventStream(Response):
    """The events of a dataset, or of all, as `text/event-stream` until the client goes."""

    media_type = "text/event-stream"

    def __init__(
        self, reader: EventReader, dataset_id: str | None, after: int | None, holds: Callable[[], bool]
    ) -> None:
        super().__init__(headers={"X-Accel-Buffering": "no"})
        del self.headers["content-length"]
        self._reader = reader
        self._dataset_id = dataset_id
        self._after = after
        self._holds = holds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send until either side ends."""
        with self._reader.follow(self._dataset_id, self._holds) as follower:
            last, missed = await self._reader.missed(self._dataset_id, self._after)
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            async with anyio.create_task_group() as group:

                async def wait_for_end() -> None:
                    while (await receive())["type"] != "http.disconnect":
                        pass
                    group.cancel_scope.cancel()

                group.start_soon(wait_for_end)
                async for piece in _pieces(follower, last, missed):
                    await send({"type": "http.response.body", "body": piece, "more_body": True})
                await send({"type": "http.response.body", "body": b""})
                group.cancel_scope.cancel()


async def _pieces(follower: Follower, last: int, missed: list[Event] | None) -> AsyncIterator[bytes]:
    yield f"retry: {_RETRY_MILLISECONDS}\n\n".encode()
    for event in [RESET] if missed is None else missed:
        yield _written(event)
    yield f"id: {last}\n\n".encode()  # so that a client to whom nothing happened knows where it was
    while True:
        try:
            told = await follower.next(HEARTBEAT_SECONDS)
        except TimeoutError:
            yield b": still here\n\n"
            continue
        if told is None:
            return
        if told.id is None or told.id > last:
            yield _written(told)


def _written(event: Event) -> bytes:
    head = "" if event.id is None else f"id: {event.id}\n"
    data = json.dumps({"id": event.subject_id, "dataset": event.dataset_id} if event.subject_id else {})
    return f"{head}event: {event.kind}\ndata: {data}\n\n".encode()
