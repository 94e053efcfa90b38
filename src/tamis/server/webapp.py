"""The built web app: its files, and its page at every address that belongs to it. It is open to all."""

import gzip
import mimetypes
import secrets
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, Response

from tamis.model.errors import NotFound

STATIC = Path(__file__).with_name("static")
_INDEX = "index.html"
_NONCE = "__CSP_NONCE__"
_POLICY = {
    "default-src": "'self'",
    "img-src": "'self' blob: data:",
    "object-src": "'none'",
    "base-uri": "'self'",  # the page says what its relative addresses are relative to
    "form-action": "'none'",
    "frame-ancestors": "'none'",
}
_FOR_EVER = "public, max-age=31536000, immutable"  # the build names these files by their content
_ASK_AGAIN = "no-cache"
_COMPRESSED = ("text/", "application/javascript", "application/json", "image/svg+xml")
_SMALLEST_COMPRESSED = 1024
_PLAIN = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Tamis: {title}</title>
<link rel="icon" href="data:,">
<style nonce="{nonce}">
  :root {{ color-scheme: light dark }}
  :root {{ --paper: light-dark(#f6f4ef, #141312); --ink: light-dark(#1d1b18, #f1ede5) }}
  :root {{ --panel: light-dark(#fffdf9, #1c1b19); --line: light-dark(#d9d2c5, #3a3733) }}
  body {{ background: var(--paper); color: var(--ink); font: 16px/1.6 system-ui, sans-serif }}
  main {{ max-width: 34rem; margin: 18vh auto 0; padding: 0 1.5rem }}
  h1 {{ font-size: 1.5rem; letter-spacing: -.01em; line-height: 1.25 }}
  code {{ font: .95em ui-monospace, monospace; padding: .15em .45em; background: var(--panel) }}
  code {{ border: 1px solid var(--line); border-radius: 6px }}
</style>
<main>
<h1>{title}</h1>
{text}
</main>
</html>
"""


class WebApp:
    """Answers what is no route: with a file of the build, or with the page, which finds its own way."""

    def __init__(self, folder: Path = STATIC) -> None:
        self._folder = folder

    def answer(self, path: str, headers: Headers) -> Response:
        """Answer a GET of an address.

        Raises:
            NotFound: it looks like a file, and is none of the build.
        """
        name = path.removeprefix("/")
        # Looked up among the files that there are: nothing of an address ever becomes a path.
        file = self._files().get(name)
        if file is not None and name != _INDEX:
            return _file(file, name, headers)
        if name != _INDEX and (name.startswith("assets/") or "." in name.rpartition("/")[2]):
            raise NotFound("There is nothing at this address.")
        index = self._folder / _INDEX
        if not index.is_file():
            return not_built()
        return _page(index.read_text(encoding="utf-8"))

    def _files(self) -> Mapping[str, Path]:
        index = self._folder / _INDEX
        built_at = index.stat().st_mtime_ns if index.is_file() else 0
        return _files_of(self._folder, built_at)


def used_up() -> Response:
    """Say that a login link does not work any more, and how to get another."""
    text = (
        "<p>A login link works once, and within an hour. <code>tamis serve</code> has printed beside it the "
        "command that prints a fresh one: <code>tamis login</code>, with the same <code>--data</code> as the "
        "server.</p>"
    )
    return _plain("This login link does not work any more", text, 401)


def not_built() -> Response:
    """Say that the web app is missing."""
    text = (
        "<p>The server runs, and its API answers. The files of the web app are not in this installation: "
        "in a checkout, <code>make app</code> builds them.</p>"
    )
    return _plain("The web app is not built", text, 200)


def _plain(title: str, text: str, status: int) -> Response:
    return _page(_PLAIN.format(title=title, text=text, nonce=_NONCE), status)


def _page(html: str, status: int = 200) -> Response:
    """Send a page: its own styles and scripts carry a number that nobody can know beforehand."""
    nonce = secrets.token_urlsafe(16)
    source = f"'self' 'nonce-{nonce}'"
    # Without the mark, the page's styles cannot carry the number: they are allowed, scripts never.
    styles = source if _NONCE in html else "'self' 'unsafe-inline'"
    policy = {**_POLICY, "script-src": source, "style-src": styles}
    answer = HTMLResponse(html.replace(_NONCE, nonce), status)
    answer.headers["Content-Security-Policy"] = "; ".join(f"{name} {value}" for name, value in policy.items())
    answer.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    return answer


def _file(file: Path, name: str, headers: Headers) -> Response:
    media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    modified = file.stat().st_mtime_ns
    tag = f'"{modified:x}"'
    kept = {"Cache-Control": _FOR_EVER if name.startswith("assets/") else _ASK_AGAIN, "ETag": tag}
    if headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=kept)
    data, packed = _content(file, modified, media_type.startswith(_COMPRESSED))
    kept["Vary"] = "Accept-Encoding"
    if packed is not None and "gzip" in headers.get("accept-encoding", ""):
        return Response(packed, media_type=media_type, headers=kept | {"Content-Encoding": "gzip"})
    return Response(data, media_type=media_type, headers=kept)


@lru_cache(maxsize=2)
def _files_of(folder: Path, _built_at: int) -> Mapping[str, Path]:
    return {file.relative_to(folder).as_posix(): file for file in folder.rglob("*") if file.is_file()}


@lru_cache(maxsize=64)
def _content(file: Path, _modified: int, compressible: bool) -> tuple[bytes, bytes | None]:
    data = file.read_bytes()
    if not compressible or len(data) < _SMALLEST_COMPRESSED:
        return data, None
    return data, gzip.compress(data, mtime=0)
