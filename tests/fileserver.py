"""A small HTTP server that sends one file, and misbehaves when it is told to."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class FileServer(ThreadingHTTPServer):
    """`/file` is whole. With `cuts`, so many answers end in the middle; `asked` tells what was wanted."""

    def __init__(self, content: bytes) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.content = content
        self.cuts = 0
        self.ranges = True
        self.declares = True
        self.asked: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: FileServer

    def do_GET(self) -> None:
        wanted = self.headers.get("Range", "")
        self.server.asked.append(f"{self.path} {wanted}".strip())
        if self.path != "/file":
            self._lead(self.path.removeprefix("/to/"))
            return
        content, first = self.server.content, 0
        if wanted and self.server.ranges:
            first = int(wanted.removeprefix("bytes=").removesuffix("-"))
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {first}-{len(content) - 1}/{len(content)}")
        else:
            self.send_response(200)
        rest = content[first:]
        if self.server.declares:
            self.send_header("Content-Length", str(len(rest)))
        self.end_headers()
        if self.server.cuts:
            self.server.cuts -= 1
            rest = rest[: len(rest) // 2]
        self.wfile.write(rest)
        self.close_connection = True

    def _lead(self, place: str) -> None:
        """Redirect `/to/ADDRESS` there; anything else is not found."""
        self.send_response(302 if self.path.startswith("/to/") else 404)
        self.send_header("Location", place)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def serving(content: bytes) -> Iterator[FileServer]:
    """Run a server of its own until the block ends."""
    with FileServer(content) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
