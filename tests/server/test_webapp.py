"""The web app is open to all: its files as they were built, and its page at each of its addresses."""

import gzip
import re
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from starlette.datastructures import Headers

from tamis.model.errors import NotFound
from tamis.server.webapp import WebApp

SCRIPT = "console.log('tamis');" * 100
PAGE = '<!doctype html><meta name="csp-nonce" content="__CSP_NONCE__"><script src="/assets/a-1.js"></script>'


@pytest.fixture
def built(tmp_path: Path) -> WebApp:
    static = tmp_path / "static"
    (static / "assets").mkdir(parents=True)
    (static / "index.html").write_text(PAGE)
    (static / "assets/a-1.js").write_text(SCRIPT)
    (static / "logo.svg").write_text("<svg/>")
    (tmp_path / "secret.txt").write_text("secret")
    return WebApp(static)


def policy(text: str) -> dict[str, str]:
    return dict(rule.split(" ", 1) for rule in text.split("; "))


@pytest.mark.parametrize(
    "path", ["/", "/index.html", "/preferences", "/datasets/abc/sampling", "/datasets/", "//"]
)
def test_every_address_of_the_app_has_its_page(built: WebApp, path: str) -> None:
    answer = built.answer(path, Headers())
    assert answer.status_code == 200
    assert answer.media_type == "text/html"
    assert bytes(answer.body).startswith(b"<!doctype html>")


def test_the_page_runs_our_scripts_and_styles_only(built: WebApp) -> None:
    first, second = (built.answer("/", Headers()) for _ in range(2))
    rules = policy(first.headers["content-security-policy"])
    (nonce,) = re.findall(r'content="([\w-]{22})"', bytes(first.body).decode())
    assert rules == {
        "default-src": "'self'", "img-src": "'self' blob: data:", "object-src": "'none'",
        "base-uri": "'self'", "form-action": "'none'", "frame-ancestors": "'none'",
        "script-src": f"'self' 'nonce-{nonce}'", "style-src": f"'self' 'nonce-{nonce}'",
    }  # fmt: skip
    assert nonce not in bytes(second.body).decode()
    assert first.headers["cross-origin-opener-policy"] == "same-origin"


def test_a_page_without_the_mark_may_style_itself_but_run_nothing(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<!doctype html>")
    rules = policy(WebApp(tmp_path).answer("/", Headers()).headers["content-security-policy"])
    assert rules["style-src"] == "'self' 'unsafe-inline'"
    assert "unsafe" not in rules["script-src"]


def test_a_file_that_is_named_by_its_content_is_kept_for_ever(built: WebApp) -> None:
    answer = built.answer("/assets/a-1.js", Headers({"accept-encoding": "gzip, br"}))
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-encoding"] == "gzip"
    assert gzip.decompress(bytes(answer.body)).decode() == SCRIPT
    assert "javascript" in answer.headers["content-type"]
    assert bytes(built.answer("/assets/a-1.js", Headers()).body).decode() == SCRIPT


def test_other_files_are_asked_for_again(built: WebApp) -> None:
    first = built.answer("/logo.svg", Headers())
    assert (first.media_type, first.headers["cache-control"]) == ("image/svg+xml", "no-cache")
    again = built.answer("/logo.svg", Headers({"if-none-match": first.headers["etag"]}))
    assert (again.status_code, bytes(again.body)) == (304, b"")


@pytest.mark.parametrize(
    "path",
    [
        "/assets/gone.js", "/assets/", "/favicon.ico", "/../secret.txt", "/assets/../../secret.txt",
        "/..\\secret.txt", "//etc/passwd.txt", "/%2e%2e/secret.txt", "/assets/a-1.js/", "/assets/a-1.js\0",
        "/secret.txt", "/./index.html.map",
    ],
)  # fmt: skip
def test_s08_what_is_no_file_of_the_build_is_not_there(built: WebApp, path: str) -> None:
    with pytest.raises(NotFound):
        built.answer(path, Headers())


def test_a_new_build_is_seen_without_a_restart(built: WebApp, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        built.answer("/assets/b-2.js", Headers())
    (tmp_path / "static/assets/b-2.js").write_text("2")
    (tmp_path / "static/index.html").unlink()
    (tmp_path / "static/index.html").write_text(PAGE + "2")
    assert bytes(built.answer("/assets/b-2.js", Headers()).body) == b"2"


def test_without_a_build_a_page_says_so(tmp_path: Path) -> None:
    answer = WebApp(tmp_path / "none").answer("/datasets/abc", Headers())
    assert answer.status_code == 200
    assert "not built" in bytes(answer.body).decode() and "__CSP_NONCE__" not in bytes(answer.body).decode()
    assert "unsafe" not in answer.headers["content-security-policy"]


def test_the_gate_lets_all_see_the_app_and_nothing_but_the_app(stranger: httpx.Client, app: FastAPI) -> None:
    @app.get("/metrics")
    def metrics() -> str:
        return "not for all"

    for path in ("/", "/preferences", "/metrics", "/docs", "/apidocs"):
        answer = stranger.get(path)
        assert answer.status_code == 200
        assert "text/html" in answer.headers["content-type"] and "not for all" not in answer.text
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
    assert stranger.get("/assets/gone.js").status_code == 404
    assert stranger.get("/", headers={"Host": "evil.com"}).status_code == 403
    assert stranger.post("/").status_code == 401
