"""Who is let in, how far, and for how long: tokens, scopes, and the one dataset of a token."""

import json
import logging
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, get_args

import httpx
import pytest
import sqlalchemy as sa
from fastapi import FastAPI

from tamis.model.ids import now
from tamis.model.token import Scope, allows, is_secret
from tamis.server import openapi
from tamis.server.app import create_app
from tamis.server.settings import Settings
from tamis.services import tokens
from tamis.store import schema
from tamis.store.store import Store, open_store
from tests.server.conftest import SECRET, InProcess
from tests.server.test_gate import OPEN_PATHS, operations

DOCUMENT = json.loads(openapi.document())
SCOPES: tuple[Scope, ...] = get_args(Scope)
# By rule GET needs `read` and all else `write`. These are all the exceptions there are.
EXCEPTIONS = {
    "POST /api/datasets/{dataset_id}/uploads": "upload",
    "POST /api/datasets/{dataset_id}/uploads/{upload_id}/check": "upload",
    "POST /api/datasets/{dataset_id}/uploads/{upload_id}/files": "upload",
    "POST /api/datasets/{dataset_id}/uploads/{upload_id}/close": "upload",
    "DELETE /api/datasets/{dataset_id}": "admin",
    "GET /api/roots": "admin",
    "GET /api/roots/{root_id}/folders": "admin",
    "GET /api/tokens": "admin",
    "POST /api/tokens": "admin",
    "DELETE /api/tokens/{token_id}": "admin",
    "POST /api/me/logout": "read",
}
As = Callable[..., httpx.Client]


def client_of(app: FastAPI, secret: str) -> httpx.Client:
    headers = {"Authorization": f"Bearer {secret}"}
    return httpx.Client(transport=InProcess(app), base_url="http://localhost", headers=headers)


@pytest.fixture
def caller(app: FastAPI, http: httpx.Client) -> Iterator[As]:
    """Makes a token, and the client that has it."""
    opened: list[httpx.Client] = []

    def make(scope: str = "read", **more: object) -> httpx.Client:
        made = http.post("/api/tokens", json={"name": "test", "scope": scope, **more})
        assert made.status_code == 201, made.text
        opened.append(client_of(app, made.json()["secret"]))
        return opened[-1]

    yield make
    for client in opened:
        client.close()


@pytest.fixture
def dataset(http: httpx.Client) -> Callable[[str], str]:
    return lambda name: str(http.post("/api/datasets", json={"name": name}).json()["id"])


def test_the_exceptions_are_the_ones_in_the_table() -> None:
    found = {}
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            if path not in OPEN_PATHS:
                by_rule = "read" if method == "get" else "write"
                if operation["x-scope"] != by_rule:
                    found[f"{method.upper()} {path}"] = operation["x-scope"]
    assert found == EXCEPTIONS


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, httpx.Client]]:
    """One application, and a caller of each scope, for the whole walk."""
    data = tmp_path_factory.mktemp("access") / "data"
    with open_store(data) as store:
        app = create_app(Settings(data=data, local_secret=SECRET), store)
        with client_of(app, SECRET) as local:
            made = {
                scope: local.post("/api/tokens", json={"name": scope, "scope": scope}).json()["secret"]
                for scope in SCOPES
            }
        clients = {scope: client_of(app, secret) for scope, secret in made.items()}
        yield clients
        for client in clients.values():
            client.close()


def needed(method: str, path: str) -> Scope:
    for template, methods in DOCUMENT["paths"].items():
        if method.lower() in methods and re.fullmatch(re.sub(r"\{\w+\}", "[0-9a-f]+", template), path):
            scope: Scope = methods[method.lower()]["x-scope"]
            return scope
    raise AssertionError(path)


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize(
    ("method", "path"), [each for each in operations() if each[1] not in OPEN_PATHS], ids=lambda value: value
)
def test_s33_a_scope_reaches_as_far_as_it_says(
    walked: dict[str, httpx.Client], method: str, path: str, scope: Scope
) -> None:
    response = walked[scope].request(method, path)
    if allows(scope, needed(method, path)):
        assert response.status_code not in (401, 403), response.text
    else:
        assert response.status_code == 403
        assert response.json()["code"] == "forbidden"
        assert needed(method, path) in response.json()["error"]


def test_a_token_is_shown_once_and_kept_as_a_hash(http: httpx.Client, app: FastAPI, store: Store) -> None:
    made = http.post("/api/tokens", json={"name": "laptop"})
    secret, token = made.json()["secret"], made.json()["token"]
    assert is_secret(secret) and len(secret) == 55 and secret.startswith(token["hint"])
    assert token == {
        "id": token["id"], "name": "laptop", "hint": secret[:10], "scope": "write", "dataset_id": None,
        "created_at": token["created_at"], "expires_at": None, "last_used_at": None, "revoked_at": None,
    }  # fmt: skip
    listed = http.get("/api/tokens")
    assert listed.json() == {"items": [token], "next": None}
    assert secret not in listed.text
    with store.read() as connection:
        rows = connection.execute(sa.select(schema.token)).mappings().all()
    assert secret not in str(rows) and secret[10:] not in str(rows)
    with client_of(app, secret) as client:
        assert client.get("/api/me").json() == {
            "kind": "token", "scope": "write", "dataset_id": None, "name": "laptop", "options": "",
        }  # fmt: skip
    used_at = http.get("/api/tokens").json()["items"][0]["last_used_at"]
    assert token["created_at"] <= used_at <= now()


def test_the_last_use_is_not_written_down_at_every_request(caller: As, http: httpx.Client) -> None:
    client = caller()
    client.get("/api/me")
    before = http.get("/api/tokens").json()["items"][0]["last_used_at"]
    client.get("/api/me")
    assert http.get("/api/tokens").json()["items"][0]["last_used_at"] == before


def test_a_revoked_token_opens_nothing_and_its_row_stays(caller: As, http: httpx.Client) -> None:
    client = caller("admin")
    token_id = client.get("/api/tokens").json()["items"][0]["id"]
    for _ in range(2):  # revoking again changes nothing
        assert http.delete(f"/api/tokens/{token_id}").status_code == 204
    assert client.get("/api/me").status_code == 401
    (listed,) = http.get("/api/tokens").json()["items"]
    assert listed["id"] == token_id and listed["revoked_at"] is not None
    assert http.delete(f"/api/tokens/{'0' * 24}").status_code == 404


def test_an_expired_token_opens_nothing(caller: As, http: httpx.Client, store: Store) -> None:
    client = caller(expires_at=now() + 3_600_000)
    assert client.get("/api/me").status_code == 200
    with store.write() as connection:
        connection.execute(schema.token.update().values(expires_at=now() - 1))
    assert client.get("/api/me").status_code == 401
    late = http.post("/api/tokens", json={"name": "late", "expires_at": 1})
    assert (late.status_code, late.json()["field"]) == (422, "expires_at")


@pytest.mark.parametrize(
    "change",
    [
        lambda secret: secret[:-1] + ("a" if secret[-1] != "a" else "b"),
        lambda secret: secret[:-1],
        lambda secret: secret + "a",
        lambda secret: secret.lower(),
        lambda _: "tamis_",
        lambda _: "tamis_\u00e9",
        lambda _: "",
        lambda _: "a" * 10_000,
    ],
)
def test_a_secret_that_is_almost_right_is_wrong(
    app: FastAPI, http: httpx.Client, change: Callable[[str], str]
) -> None:
    secret = http.post("/api/tokens", json={"name": "a"}).json()["secret"]
    headers = [(b"authorization", f"Bearer {change(secret)}".encode())]
    with httpx.Client(transport=InProcess(app), base_url="http://localhost") as client:
        assert client.get("/api/me", headers=headers).status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        {"name": ""}, {"name": "a", "scope": "root"}, {"name": "a", "dataset_id": "x"},
        {"name": "a", "id": "0" * 24}, {"name": "a\u0000"},
    ],
)  # fmt: skip
def test_a_token_that_cannot_be_is_refused(http: httpx.Client, body: dict[str, Any]) -> None:
    assert http.post("/api/tokens", json=body).status_code == 422
    assert http.get("/api/tokens").json()["items"] == []


def test_a_token_for_a_dataset_that_is_not_there_is_refused(http: httpx.Client) -> None:
    answer = http.post("/api/tokens", json={"name": "a", "dataset_id": "0" * 24})
    assert answer.status_code == 404


def test_s33_what_a_token_may_not_it_cannot_give_itself(caller: As) -> None:
    for scope in ("read", "upload", "write"):
        answer = caller(scope).post("/api/tokens", json={"name": "wider", "scope": "admin"})
        assert answer.status_code == 403


def test_s05_a_token_for_one_dataset_finds_nothing_else(
    caller: As, http: httpx.Client, dataset: Callable[[str], str]
) -> None:
    mine, other = dataset("mine"), dataset("other")
    client = caller("admin", dataset_id=mine)
    assert client.get("/api/me").json()["dataset_id"] == mine
    for path in (f"/api/datasets/{mine}", f"/api/datasets/{mine}/tags", "/api/strategies", "/api/encoders",
                 f"/api/jobs?dataset_id={mine}"):  # fmt: skip
        assert client.get(path).status_code == 200, path
    for method, template in operations():
        path = template.replace("0" * 24, other, 1)
        if path in ("/api/me", "/api/me/logout", "/api/strategies", "/api/encoders", *OPEN_PATHS):
            continue
        response = client.request(method, path)
        assert response.status_code == 404, path
        missing = client.request(method, template)  # the same words as for what is not there at all
        assert response.json()["error"].replace(other, "0" * 24) == missing.json()["error"]
    for path in (
        f"/api/events?dataset={other}", f"/api/events?dataset={mine}&dataset={other}", "/api/events",
        f"/api/jobs?dataset_id={mine}&dataset_id={other}", f"/api/datasets/{mine}%0A",
    ):  # fmt: skip
        assert client.get(path).status_code == 404, path
    assert http.get(f"/api/datasets/{other}").status_code == 200


def test_s05_a_token_for_one_dataset_sees_the_jobs_of_that_one(
    caller: As, http: httpx.Client, dataset: Callable[[str], str], store: Store
) -> None:
    from tamis.queue.outbox import submit

    mine, other = dataset("mine"), dataset("other")
    with store.write() as connection:
        jobs = {name: submit(connection, "ingest", name, {}).id for name in (mine, other)}
    client = caller("write", dataset_id=mine)
    assert client.get(f"/api/jobs/{jobs[mine]}").status_code == 200
    assert client.post(f"/api/jobs/{jobs[mine]}/cancel").status_code == 200
    for answer in (client.get(f"/api/jobs/{jobs[other]}"), client.post(f"/api/jobs/{jobs[other]}/cancel")):
        assert answer.status_code == 404
        assert answer.json()["error"] == f"There is no job '{jobs[other]}'."
    assert http.get(f"/api/jobs/{jobs[other]}").json()["cancel_requested"] is False


def test_a_token_goes_with_its_dataset(caller: As, http: httpx.Client, dataset: Callable[[str], str]) -> None:
    mine = dataset("mine")
    client = caller("admin", dataset_id=mine)
    assert client.delete(f"/api/datasets/{mine}").status_code == 204
    assert client.get("/api/me").status_code == 401


def test_only_a_token_that_opens_everything_counts_as_admin(
    caller: As, http: httpx.Client, store: Store, dataset: Callable[[str], str]
) -> None:
    caller("write")
    caller("admin", dataset_id=dataset("mine"))
    assert not tokens.has_admin(store)
    client = caller("admin", expires_at=now() + 3_600_000)
    assert tokens.has_admin(store)
    for token in client.get("/api/tokens").json()["items"]:
        http.delete(f"/api/tokens/{token['id']}")
    assert not tokens.has_admin(store)


def test_the_local_secret_is_this_machine(http: httpx.Client, settings: Settings) -> None:
    me = {
        "kind": "local", "scope": "admin", "dataset_id": None, "name": "This machine",
        "options": settings.options(),
    }  # fmt: skip
    assert http.get("/api/me").json() == me


def test_s32_no_secret_is_written_to_the_log(
    app: FastAPI, http: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG), caplog.at_level(logging.DEBUG, logger="tamis"):
        secret = http.post("/api/tokens", json={"name": "a"}).json()["secret"]
        with client_of(app, secret) as client:
            client.get("/api/me")
            client.get(f"/api/me?token={secret}")
            client.post("/api/tokens", json={"name": secret * 10})
            client.get(f"/api/datasets?after={secret}")
        with client_of(app, secret[:-1]) as client:
            client.get(f"/login?once={secret}")
    ours = "\n".join(record.getMessage() for record in caplog.records if record.name != "httpx")
    assert "GET /api/me 200" in ours
    assert secret not in ours and SECRET not in ours


def test_s17_two_installations_share_no_secret(tmp_path: Path) -> None:
    first, second = (Settings(data=tmp_path / name).local_secret.get_secret_value() for name in "ab")
    assert first != second and len(first) >= 32
