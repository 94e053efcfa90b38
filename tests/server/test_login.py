"""Signing in by a one-time link, and what a browser that is signed in may ask for, and from where."""

import shlex
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from tamis.model.ids import now
from tamis.model.token import new_secret
from tamis.server.app import create_app
from tamis.server.settings import Settings
from tamis.services import sessions
from tamis.store import schema
from tamis.store.store import Store
from tests.server.conftest import InProcess
from tests.server.test_gate import OPEN_PATHS, operations

OWN = {"Origin": "http://localhost", "X-Tamis": "1"}


@pytest.fixture
def browser(stranger: httpx.Client, store: Store) -> httpx.Client:
    """A browser that is signed in."""
    assert sign_in(stranger, store).status_code == 303
    return stranger


def sign_in(client: httpx.Client, store: Store) -> httpx.Response:
    return client.get(f"/login?once={sessions.open_login(store)}")


def test_a_link_becomes_a_session_and_the_address_forgets_it(
    stranger: httpx.Client, store: Store, settings: Settings
) -> None:
    answer = sign_in(stranger, store)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"
    name, *rules = answer.headers["set-cookie"].split("; ")
    assert name.startswith("tamis_session=session_")
    assert sorted(rules) == ["HttpOnly", "Max-Age=2592000", "Path=/", "SameSite=strict"]
    assert stranger.get("/api/me").json() == {
        "kind": "session", "scope": "admin", "dataset_id": None, "name": "You", "options": settings.options(),
    }  # fmt: skip


def test_a_link_works_once(app: FastAPI, store: Store) -> None:
    code = sessions.open_login(store)
    for status in (303, 401, 401):
        with httpx.Client(transport=InProcess(app), base_url="http://localhost") as client:
            answer = client.get(f"/login?once={code}")
            assert answer.status_code == status
            assert client.get("/api/me").status_code == (200 if status == 303 else 401)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "tamis login" in answer.text and "set-cookie" not in answer.headers


def test_s35_of_two_that_use_a_link_at_once_one_wins(store: Store) -> None:
    for _ in range(5):
        code = sessions.open_login(store)
        barrier = threading.Barrier(4)
        won: list[bool] = []

        def use(code: str = code, barrier: threading.Barrier = barrier, won: list[bool] = won) -> None:
            barrier.wait()
            won.append(sessions.exchange(store, code) is not None)

        threads = [threading.Thread(target=use) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(won) == [False, False, False, True]


def test_a_link_expires(stranger: httpx.Client, store: Store) -> None:
    code = sessions.open_login(store)
    with store.write() as connection:
        connection.execute(schema.login.update().values(expires_at=now()))
    assert stranger.get(f"/login?once={code}").status_code == 401


@pytest.mark.parametrize("query", ["", "?once=", "?once=x", "?once=login_x", "?code=x"])
def test_what_is_no_code_does_not_sign_in(stranger: httpx.Client, query: str) -> None:
    answer = stranger.get(f"/login{query}")
    assert (answer.status_code, "set-cookie" in answer.headers) == (401, False)
    assert stranger.get(f"/login?once={new_secret('login_')}").status_code == 401
    assert stranger.get(f"/login?once={'x' * 101}").status_code == 422


def test_a_look_ahead_does_not_use_a_link_up(stranger: httpx.Client, store: Store) -> None:
    address = f"/login?once={sessions.open_login(store)}"
    assert stranger.get(address, headers={"Sec-Purpose": "prefetch;prerender"}).status_code == 401
    assert stranger.head(address).status_code == 405
    assert stranger.get(address).status_code == 303


def test_neither_codes_nor_sessions_are_kept_as_they_are(browser: httpx.Client, store: Store) -> None:
    code = sessions.open_login(store)
    with store.read() as connection:
        kept = str([connection.execute(each.select()).all() for each in (schema.login, schema.session)])
    assert code not in kept and browser.cookies["tamis_session"] not in kept
    assert "login_" not in kept and "session_" not in kept


def test_each_sign_in_is_a_session_of_its_own_and_ends_alone(
    app: FastAPI, browser: httpx.Client, store: Store
) -> None:
    with httpx.Client(transport=InProcess(app), base_url="http://localhost") as other:
        sign_in(other, store)
        assert other.cookies["tamis_session"] != browser.cookies["tamis_session"]
        secret = other.cookies["tamis_session"]
        answer = other.post("/api/me/logout", headers=OWN)
        assert answer.status_code == 204
        assert (
            'tamis_session=""' in answer.headers["set-cookie"] and "Max-Age=0" in answer.headers["set-cookie"]
        )
        assert other.get("/api/me", headers={"Cookie": f"tamis_session={secret}"}).status_code == 401
    assert browser.get("/api/me").status_code == 200


@pytest.mark.parametrize(
    "over",
    [
        {"expires_at": 1},
        {"used_at": 1},
        {"expires_at": 1, "used_at": 1},
    ],
    ids=["absolute", "idle", "both"],
)
def test_a_session_ends_by_itself(browser: httpx.Client, store: Store, over: dict[str, int]) -> None:
    with store.write() as connection:
        connection.execute(schema.session.update().values(over))
    assert browser.get("/api/me").status_code == 401
    sessions.open_login(store)
    with store.read() as connection:
        assert connection.execute(schema.session.select()).all() == []  # swept away


def test_a_session_in_use_stays(browser: httpx.Client, store: Store) -> None:
    early = now() - sessions.IDLE_MILLISECONDS + 60_000
    with store.write() as connection:
        connection.execute(schema.session.update().values(used_at=early))
    assert browser.get("/api/me").status_code == 200
    with store.read() as connection:
        (row,) = connection.execute(schema.session.select()).mappings().all()
    assert row["used_at"] > early + sessions.IDLE_MILLISECONDS / 2
    assert row["expires_at"] == row["created_at"] + sessions.LONGEST_MILLISECONDS


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        (OWN, True),
        ({"Sec-Fetch-Site": "same-origin", "X-Tamis": "1"}, True),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost", "X-Tamis": "1"}, True),
        ({}, False),
        ({"X-Tamis": "1"}, False),
        ({"Origin": "http://localhost"}, False),
        ({"Sec-Fetch-Site": "same-origin"}, False),
        ({"Sec-Fetch-Site": "none", "X-Tamis": "1"}, False),
        ({"Sec-Fetch-Site": "same-site", "X-Tamis": "1"}, False),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "http://evil.com", "X-Tamis": "1"}, False),
        ({"Origin": "null", "X-Tamis": "1"}, False),
        ({"Origin": "http://localhost", "X-Tamis": "0"}, False),
    ],
    ids=str,
)
def test_a_change_comes_from_the_app_itself(
    browser: httpx.Client, headers: dict[str, str], allowed: bool
) -> None:
    answer = browser.post("/api/datasets", json={"name": "mine"}, headers=headers)
    assert answer.status_code == (201 if allowed else 403), answer.text
    assert len(browser.get("/api/datasets").json()["items"]) == allowed


def test_no_route_takes_a_change_from_a_browser_without_the_header(browser: httpx.Client) -> None:
    unsafe = [each for each in operations() if each[0] != "GET" and each[1] not in OPEN_PATHS]
    assert len(unsafe) > 10
    for method, path in unsafe:
        assert browser.request(method, path, headers={"Origin": "http://localhost"}).status_code == 403
        assert browser.request(method, path, headers=OWN).status_code not in (401, 403)
        sign = browser.get("/api/me").status_code
        if path.endswith("/logout"):
            assert sign == 401
            return


def test_a_program_with_a_token_needs_no_such_header(http: httpx.Client) -> None:
    assert http.post("/api/datasets", json={"name": "mine"}).status_code == 201


def test_a_wrong_token_is_not_saved_by_a_good_cookie(browser: httpx.Client) -> None:
    assert browser.get("/api/me", headers={"Authorization": "Bearer wrong"}).status_code == 401


def test_a_link_on_another_page_leads_to_the_app_but_not_to_the_api(browser: httpx.Client) -> None:
    led = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    assert browser.get("/datasets/abc", headers=led).status_code == 200
    assert browser.get("/login", headers=led).status_code == 401
    for path in ("/api/me", "/api/datasets", f"/api/datasets/{'0' * 24}/exports/paths"):
        assert browser.get(path, headers=led).status_code == 403


Public = Callable[[str], httpx.Client]


@pytest.fixture
def public(settings: Settings, store: Store) -> Iterator[Public]:
    """A server behind a proxy that speaks https."""
    app = create_app(settings.model_copy(update={"public_url": "https://tamis.example.org"}), store)
    opened: list[httpx.Client] = []

    def at(url: str) -> httpx.Client:
        # The proxy speaks http to the server, and leaves the Host as it was.
        headers = {"Host": url.partition("://")[2]}
        opened.append(httpx.Client(transport=InProcess(app), base_url="http://localhost", headers=headers))
        return opened[-1]

    yield at
    for client in opened:
        client.close()


def test_behind_https_the_cookie_is_sent_over_https_only(public: Public, store: Store) -> None:
    answer = sign_in(public("https://tamis.example.org"), store)
    assert "Secure" in answer.headers["set-cookie"].split("; ")
    assert "Secure" not in sign_in(public("http://localhost"), store).headers["set-cookie"]


def test_behind_https_the_own_origin_is_the_one_of_the_proxy(public: Public) -> None:
    client = public("https://tamis.example.org")
    assert client.get("/", headers={"Origin": "https://tamis.example.org"}).status_code == 200
    assert client.get("/", headers={"Origin": "http://tamis.example.org"}).status_code == 403
    assert public("https://evil.com").get("/").status_code == 403
    assert public("https://tamis.example.org.evil.com").get("/").status_code == 403


def test_what_a_client_says_of_a_proxy_is_not_believed(stranger: httpx.Client, store: Store) -> None:
    headers = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.com", "Forwarded": "proto=https"}
    code = sessions.open_login(store)
    answer = stranger.get(f"/login?once={code}", headers=headers)
    assert "Secure" not in answer.headers["set-cookie"] and answer.headers["location"] == "/"


def test_two_servers_on_one_machine_do_not_share_a_cookie(app: FastAPI, store: Store) -> None:
    with httpx.Client(transport=InProcess(app), base_url="http://localhost:8001") as client:
        assert sign_in(client, store).headers["set-cookie"].startswith("tamis_session_8001=")
        assert client.get("/api/me").status_code == 200


def test_a_person_is_told_what_commands_need_to_mean_this_data_folder(
    browser: httpx.Client, settings: Settings
) -> None:
    me = browser.get("/api/me").json()
    assert me["options"] == f"--data {shlex.quote(str(settings.data))}"
    assert Settings().options() == ""
    assert Settings(data=Path("/srv/two words")).options() == "--data '/srv/two words'"
