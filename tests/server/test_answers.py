"""Every refusal has one shape, and an unexpected error tells nothing but the id to find it by."""

import errno
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from tamis.model.errors import BY_CODE, TamisError
from tamis.store.store import Store, open_store

ID = "0" * 24


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """On one database: what is tested here does not get as far as it."""
    with open_store(tmp_path / "data") as opened:
        yield opened


def body_of(response: httpx.Response) -> dict[str, str]:
    body: dict[str, str] = response.json()
    assert body.pop("request_id") == response.headers["x-request-id"]
    return body


def test_a_missing_thing_is_404(http: httpx.Client) -> None:
    response = http.get(f"/api/datasets/{ID}")
    assert response.status_code == 404
    assert body_of(response)["code"] == "not_found"


def test_an_unknown_address_is_404_in_our_shape(http: httpx.Client) -> None:
    response = http.get("/api/nothing")
    assert response.status_code == 404
    assert body_of(response) == {"error": "There is nothing at this address.", "code": "not_found"}


def test_a_wrong_method_is_405_in_our_shape(http: httpx.Client) -> None:
    response = http.put("/api/datasets")
    assert response.status_code == 405
    assert response.headers["allow"]
    assert body_of(response) == {"error": "This address does not answer PUT.", "code": "invalid"}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "a\x00b"}, "name"),
        ({}, "name"),
        ({"name": "a", "colour": 1}, "colour"),
        ({"name": "a", "root_id": "x"}, "root_id"),
    ],
)
def test_a_wrong_field_is_422_and_named(http: httpx.Client, body: dict[str, object], field: str) -> None:
    response = http.post("/api/datasets", json=body)
    assert response.status_code == 422
    found = body_of(response)
    assert (found["code"], found["field"]) == ("invalid", field)
    assert found["error"].startswith(field) and found["error"].endswith(".")


@pytest.mark.parametrize("content", [b"{", b"[]", b"\xff", b'{"name": NaN}'])
def test_what_is_not_our_json_is_422(http: httpx.Client, content: bytes) -> None:
    response = http.post("/api/datasets", content=content, headers={"Content-Type": "application/json"})
    assert response.status_code == 422
    assert body_of(response)["code"] == "invalid"


def test_an_unknown_strategy_is_answered_with_those_there_are(http: httpx.Client) -> None:
    body = {"tag_id": ID, "embedding_id": ID, "strategy": {"strategy": "corset"}, "n_samples": 1}
    response = http.post(f"/api/datasets/{ID}/selections", json=body)
    assert response.status_code == 422
    assert "coreset" in body_of(response)["error"]


@pytest.mark.parametrize("path", [f"/api/datasets/{ID}/samples/-1", "/api/datasets/x", "/api/jobs/../x"])
def test_a_wrong_id_is_refused(http: httpx.Client, path: str) -> None:
    assert http.get(path).status_code in (404, 422)


@pytest.mark.parametrize("limit", ["0", "1001", "x"])
def test_a_page_has_1_to_1000_rows(http: httpx.Client, limit: str) -> None:
    response = http.get("/api/datasets", params={"limit": limit})
    assert response.status_code == 422
    assert body_of(response)["field"] == "limit"


@pytest.mark.parametrize("kind", BY_CODE.values(), ids=lambda kind: kind.code)
def test_each_of_our_errors_has_its_status_and_code(
    app: FastAPI, http: httpx.Client, kind: type[TamisError]
) -> None:
    @app.get("/api/refuses")
    def refuses() -> None:
        raise kind("It is refused.", field="thing")

    response = http.get("/api/refuses")
    assert response.status_code == kind.status
    assert body_of(response) == {"error": "It is refused.", "code": kind.code, "field": "thing"}


def test_s06_an_unexpected_error_shows_nothing_but_an_id(
    app: FastAPI, http: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    @app.get("/api/breaks")
    def breaks() -> None:
        raise RuntimeError("SELECT secret FROM /etc/passwd")

    with caplog.at_level(logging.ERROR, "tamis.server"):
        response = http.get("/api/breaks")
    assert response.status_code == 500
    assert body_of(response) == {
        "error": "Something went wrong inside Tamis. Its log has the details under this request id.",
        "code": "error",
    }
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["x-request-id"] in caplog.text
    assert "SELECT secret" in caplog.text


def test_a_full_disk_is_507(app: FastAPI, http: httpx.Client) -> None:
    @app.get("/api/fills")
    def fills() -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "/some/path")

    response = http.get("/api/fills")
    assert response.status_code == 507
    assert body_of(response) == {"error": "The disk is full. Make room, then try again.", "code": "no_space"}


def test_an_answer_of_another_shape_than_promised_is_500(app: FastAPI, http: httpx.Client) -> None:
    @app.get("/api/lies")
    def lies() -> int:
        return "many"  # type: ignore[return-value]

    assert http.get("/api/lies").status_code == 500


def test_the_log_line_of_a_request_can_not_be_forged(
    http: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "tamis.server"):
        http.get("/api/nothing%0a2026-01-01 ERROR forged")
    assert "\n" not in caplog.records[-1].getMessage()


def test_it_is_ready_until_a_part_of_it_is_not(app: FastAPI, stranger: httpx.Client) -> None:
    assert stranger.get("/readyz").status_code == 200
    app.state.checks["worker"] = lambda: False
    response = stranger.get("/readyz")
    assert response.status_code == 503
    assert body_of(response) == {"error": "Not ready: the worker does not run.", "code": "unavailable"}
    assert stranger.get("/healthz").status_code == 200


def test_every_code_is_on_the_page_about_the_api() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs/api.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| `(\w+)` \| (\d{3}) \|", page, re.MULTILINE)
    assert {code: int(status) for code, status in listed} == {
        code: kind.status for code, kind in BY_CODE.items()
    }
