"""An application over an empty store on each database, and a way to it that needs no network."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from tamis.engine.local import LocalEngine
from tamis.server.app import create_app
from tamis.server.settings import Settings
from tamis.services.decoding import new_engine
from tamis.store.store import Store

SECRET = "a-secret-for-tests-that-is-long-enough-0123456789"


class InProcess(httpx.BaseTransport):
    """Runs each request in its own event loop: httpx's own ASGI transport is async only.

    It leaves as soon as a stream of events has begun, which would go on without end.
    """

    def __init__(self, app: FastAPI) -> None:
        self.app = app

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        async def answer() -> httpx.Response:
            transport = httpx.ASGITransport(self._left_early, client=("127.0.0.1", 1))
            body = request.stream

            class Stream(httpx.AsyncByteStream):
                async def __aiter__(self):
                    for part in body:
                        yield part

            asked = httpx.Request(request.method, request.url, headers=request.headers, stream=Stream())
            response = await transport.handle_async_request(asked)
            return httpx.Response(
                response.status_code, headers=response.headers, content=await response.aread()
            )

        return asyncio.run(answer())

    async def _left_early(self, scope, receive, send) -> None:
        left = asyncio.Event()

        async def told_send(message) -> None:
            await send(message)
            if any(value.startswith(b"text/event-stream") for _, value in message.get("headers", ())):
                left.set()

        async def told_receive():
            asked, gone = asyncio.ensure_future(receive()), asyncio.ensure_future(left.wait())
            done, _ = await asyncio.wait({asked, gone}, return_when=asyncio.FIRST_COMPLETED)
            for other in {asked, gone} - done:
                other.cancel()
            return asked.result() if asked in done else {"type": "http.disconnect"}

        await self.app(scope, told_receive, told_send)
        if left.is_set():
            await send({"type": "http.response.body", "body": b""})


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path / "data", local_secret=SECRET, max_body_bytes=4096, max_upload_bytes=4096)


@pytest.fixture(scope="session")
def engine() -> Iterator[LocalEngine]:
    """The decoding child, shared: it takes longer to start than most tests to run."""
    with new_engine() as engine:
        yield engine


@pytest.fixture
def app(settings: Settings, store: Store, engine: LocalEngine) -> FastAPI:
    made = create_app(settings, store)
    made.state.engine = engine
    return made


@pytest.fixture
def stranger(app: FastAPI) -> Iterator[httpx.Client]:
    """Someone who knows where the server is, and nothing else."""
    with httpx.Client(transport=InProcess(app), base_url="http://localhost") as client:
        yield client


@pytest.fixture
def http(app: FastAPI) -> Iterator[httpx.Client]:
    """Someone who knows the secret."""
    headers = {"Authorization": f"Bearer {SECRET}"}
    with httpx.Client(transport=InProcess(app), base_url="http://localhost", headers=headers) as client:
        yield client
