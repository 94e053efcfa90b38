"""The gate stands before every route, also before those that are not written yet."""

import re
from collections.abc import Iterator

import httpx
import pytest
from fastapi import FastAPI

from tamis.server.app import create_app
from tamis.server.gate import OPEN_PATHS
from tamis.server.openapi import documented_app
from tamis.server.settings import Settings
from tamis.store.store import open_store
from tests.server.conftest import SECRET

ID = "0" * 24
HEADERS = {
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}


def operations(*, with_body: bool = False) -> list[tuple[str, str]]:
    """Every method and address of the OpenAPI, with its parameters filled in; or those that read a body."""
    found = [
        (method.upper(), re.sub(r"\{(\w+)\}", lambda name: "0" if name[1] == "position" else ID, path))
        for path, methods in documented_app().openapi()["paths"].items()
        for method, operation in methods.items()
        if not with_body or "application/json" in operation.get("requestBody", {}).get("content", ())
    ]
    assert len(found) > (5 if with_body else 25)
    return found


WITH_BODY = operations(with_body=True)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    """One application for the whole walk: the gate keeps no state."""
    data = tmp_path_factory.mktemp("gate") / "data"
    with open_store(data) as store:
        yield create_app(
            Settings(data=data, local_secret=SECRET, max_body_bytes=4096, max_upload_bytes=4096), store
        )


every_route = pytest.mark.parametrize(("method", "path"), operations(), ids=lambda value: value)


@every_route
def test_s01_without_credentials_every_route_answers_401(
    stranger: httpx.Client, method: str, path: str
) -> None:
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {SECRET}"}):
        response = stranger.request(method, path, headers=headers)
        if path in OPEN_PATHS:
            assert response.status_code == 200
        else:
            assert response.status_code == 401
            assert response.json()["code"] == "unauthenticated"
            assert response.headers["www-authenticate"] == "Bearer"


@every_route
@pytest.mark.parametrize("url", [f"?token={SECRET}", f"?authorization=Bearer%20{SECRET}"])
def test_s27_the_secret_is_not_read_from_the_address(
    stranger: httpx.Client, method: str, path: str, url: str
) -> None:
    if path not in OPEN_PATHS:
        assert stranger.request(method, path + url).status_code == 401


@every_route
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.com"},
        {"Origin": "null"},
        {"Origin": "https://localhost"},
        {"Origin": "http://localhost:8000"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Host": "evil.com"},
        {"Host": "localhost.evil.com"},
        {"Host": ""},
    ],
    ids=str,
)
def test_s02_s03_a_foreign_page_or_host_is_refused(
    http: httpx.Client, method: str, path: str, headers: dict[str, str]
) -> None:
    response = http.request(method, path, headers=headers)
    assert response.status_code == 403
    assert response.json()["code"] == "forbidden"
    assert not [name for name in response.headers if name.startswith("access-control")]


@every_route
def test_s02_a_preflight_is_refused(http: httpx.Client, method: str, path: str) -> None:
    headers = {"Origin": "http://evil.com", "Access-Control-Request-Method": method}
    response = http.options(path, headers=headers)
    assert response.status_code == 403
    assert not [name for name in response.headers if name.startswith("access-control")]


@every_route
@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
)
def test_s03_what_an_html_form_can_send_is_refused(
    http: httpx.Client, method: str, path: str, content_type: str
) -> None:
    is_upload = path.endswith("/files") and content_type.startswith("multipart")
    if method not in ("GET", "HEAD") and not is_upload:
        response = http.request(method, path, content=b"{}", headers={"Content-Type": content_type})
        assert response.status_code == 403


@every_route
def test_every_answer_has_the_security_headers(
    http: httpx.Client, stranger: httpx.Client, method: str, path: str
) -> None:
    for response in (http.request(method, path), stranger.request(method, path)):
        found = {name: response.headers[name] for name in HEADERS}
        assert found == HEADERS
        assert re.fullmatch("[0-9a-f]{24}", response.headers["x-request-id"])


@every_route
@pytest.mark.parametrize("declared", [True, False])
def test_s30_a_body_over_the_limit_is_refused(
    http: httpx.Client, method: str, path: str, declared: bool
) -> None:
    def parts():
        yield b'{"name": "'
        yield b"a" * 5000
        yield b'"}'

    body = b"".join(parts()) if declared else parts()
    response = http.request(method, path, content=body, headers={"Content-Type": "application/json"})
    reads_a_body = (method, path) in WITH_BODY
    if declared or reads_a_body:
        assert response.status_code == 413
        assert response.json()["code"] == "too_large"


@pytest.mark.parametrize("length", ["-1", "1e3", "²", ""])
def test_a_content_length_that_is_no_number_is_refused(http: httpx.Client, length: str) -> None:
    headers = [(b"content-length", length.encode()), (b"content-type", b"application/json")]
    assert http.post("/api/datasets", content=b"", headers=headers).status_code == 422


@pytest.fixture
def dummy(app: FastAPI) -> str:
    @app.post("/api/dummy")
    def dummy_route() -> str:
        return "reached"

    return "/api/dummy"


def test_s03_a_route_that_is_added_later_is_behind_the_gate(
    stranger: httpx.Client, http: httpx.Client, dummy: str
) -> None:
    assert stranger.post(dummy).status_code == 401
    assert http.post(dummy, headers={"Host": "evil.com"}).status_code == 403
    assert http.post(dummy, headers={"Origin": "http://evil.com"}).status_code == 403
    assert http.post(dummy, content="x", headers={"Content-Type": "text/plain"}).status_code == 403
    assert http.post(dummy).json() == "reached"


def test_what_is_not_there_is_behind_the_gate_too(stranger: httpx.Client) -> None:
    for path in ("/api", "/api/", "/api/nothing", "/api/datasets/", "/api/openapi.json"):
        assert stranger.get(path).status_code == 401
    for path in ("/", "/nothing", "/healthz/", "//api/datasets"):
        assert stranger.post(path).status_code == 401


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json", "/docs/oauth2-redirect"])
def test_there_is_no_interactive_documentation(http: httpx.Client, path: str) -> None:
    assert "openapi" not in http.get(path).text.lower()


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1", "[::1]", "LOCALHOST", "localhost:8000", "[::1]:8000"]
)
def test_the_local_names_are_allowed(stranger: httpx.Client, host: str) -> None:
    assert stranger.get("/healthz", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://localhost:8000", "Host": "localhost:8000", "Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
    ],
)
def test_our_own_page_is_allowed(http: httpx.Client, headers: dict[str, str]) -> None:
    assert http.get("/api/datasets", headers=headers).status_code == 200


@pytest.mark.parametrize(
    "twice",
    [
        [("Host", "localhost"), ("Host", "evil.com")],
        [("Authorization", "Bearer x"), ("Authorization", f"Bearer {SECRET}")],
        [("Origin", "http://localhost"), ("Origin", "http://evil.com")],
    ],
)
def test_a_header_that_comes_twice_is_not_trusted(app: FastAPI, twice: list[tuple[str, str]]) -> None:
    status = raw(app, [("Host", "localhost"), ("Authorization", f"Bearer {SECRET}")], twice)
    assert status in (401, 403)


def raw(app: FastAPI, base: list[tuple[str, str]], more: list[tuple[str, str]]) -> int:
    """Call the application with exactly these headers; those in `more` replace those of `base`."""
    import asyncio

    names = {name for name, _ in more}
    headers = [pair for pair in base if pair[0] not in names] + more
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
        "path": "/api/datasets", "raw_path": b"/api/datasets", "query_string": b"", "root_path": "",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers],
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80),
    }  # fmt: skip
    statuses: list[int] = []

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, object]) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])  # type: ignore[arg-type]

    asyncio.run(app(scope, receive, send))
    return statuses[0]


def test_a_websocket_is_closed(app: FastAPI) -> None:
    import asyncio

    sent: list[dict[str, object]] = []

    async def receive() -> dict[str, object]:
        return {"type": "websocket.connect"}

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    asyncio.run(app({"type": "websocket", "path": "/", "headers": []}, receive, send))
    assert sent == [{"type": "websocket.close", "code": 1008}]


def test_s07_no_parameter_is_a_path_on_the_server() -> None:
    document = documented_app().openapi()
    names = {
        parameter["name"]
        for methods in document["paths"].values()
        for operation in methods.values()
        for parameter in operation.get("parameters", ())
    }
    for schema in document["components"]["schemas"].values():
        if schema.get("title", "").endswith("Create"):
            names |= set(schema.get("properties", ()))
    # `folder` lies below an allowed root, and is checked against it at every use.
    assert [name for name in names if re.search(r"path|folder|dir|uri|url|file(?!_names)", name)] == [
        "folder"
    ]
