"""The plot's harness page on a server of its own, and a WebGL2 context that writes down every call."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from tests.e2e.installed import HOME, ROOT

# A drawn frame is kept, so that it can be read after it was shown, without drawing it again.
INSTRUMENT = """
window.calls = [];
const original = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (kind, options) {
  const context = original.call(this, kind, { ...options, preserveDrawingBuffer: true });
  if (kind !== "webgl2" || !context || context.instrumented) return context;
  context.instrumented = true;
  for (const name in context) {
    if (typeof context[name] !== "function" || !/^(uniform|buffer|tex|draw|compressed)/.test(name)) continue;
    const call = context[name];
    context[name] = function (...given) {
      const bytes = given.reduce((sum, one) => sum + (one?.byteLength ?? 0), 0);
      window.calls.push([name, bytes]);
      return call.apply(this, given);
    };
  }
  window.gl = context;
  return context;
};
// How many pixels show the accent, and a sum that tells two pictures apart.
window.look = () => {
  const style = getComputedStyle(gl.canvas);
  const parts = style.getPropertyValue("--accent").trim().match(/[0-9a-f]{2}/gi);
  const accent = parts.map((part) => parseInt(part, 16));
  const { width, height } = gl.canvas;
  const pixels = new Uint8Array(4 * width * height);
  gl.readPixels(0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
  let active = 0, drawn = 0, sum = 0;
  for (let at = 0; at < pixels.length; at += 4) {
    const alpha = pixels[at + 3] / 255;
    if (alpha === 0) continue;
    drawn += 1;
    sum = (sum * 31 + pixels[at] + 3 * pixels[at + 1] + 7 * pixels[at + 3] + at) % 2147483647;
    const near = (part, index) => Math.abs(pixels[at + index] / alpha - part) < 25;
    if (alpha > 0.5 && accent.every(near)) active += 1;
  }
  return { active, drawn, sum };
};
window.frames2 = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
// From now on: two frames after each event of a kind, what was called since and what is to be seen.
window.seen = [];
window.follow = (kind) => addEventListener(kind, ({ key }) => {
  if (key === "Shift") return;
  const from = calls.length;
  frames2().then(() => {
    const made = calls.slice(from);
    seen.push({ calls: made, ...look() });
  });
}, { capture: true });
"""
SAMPLE = {"position": 0, "file_name": "orchard/DJI_0412.jpg"}
PIXEL = (
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0:~\x9bU\0\0\0\nIDATx\x9cc`\0\0\0\x02\0\x01"
    b"H\xaf\xa4q\0\0\0\0IEND\xaeB`\x82"
)


def build_harness() -> Path:
    """Build the harness page, and return its folder."""
    folder = HOME / "harness"
    command = [
        sys.executable,
        "-m",
        "tools.npm",
        "exec",
        "--",
        "vite",
        "build",
        "harness",
        "--outDir",
        folder,
    ]
    ran = subprocess.run(list(map(str, command)), cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return folder


@contextmanager
def serve(folder: Path) -> Iterator[str]:
    """Serve a folder, and for every sample the same facts and the same grey pixel."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()
    server.server_close()
    thread.join()


class _Handler(SimpleHTTPRequestHandler):
    def do_GET(self) -> None:
        if not self.path.startswith("/api/"):
            super().do_GET()
        elif self.path.endswith("thumbnail") or "/picture" in self.path:
            self._answer("image/png", PIXEL)
        else:
            self._answer("application/json", json.dumps(SAMPLE).encode())

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def _answer(self, kind: str, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Calls:
    """What was called on the context, counted the way the promise is worded."""

    def __init__(self, calls: list[tuple[str, int]]) -> None:
        uploads = ("bufferData", "bufferSubData", "texImage", "texSubImage", "compressedTex")
        self.uniforms = [name for name, _ in calls if name.startswith("uniform")]
        self.uploads = [(name, size) for name, size in calls if name.startswith(uploads)]
        self.draws = [name for name, _ in calls if name.startswith("draw")]


def calls_during(page: Page, act: Any) -> Calls:
    """Do something, wait for two frames, and return what it made the plot call."""
    before = page.evaluate("calls.length")
    act()
    page.evaluate("frames2()")
    return Calls(page.evaluate(f"calls.slice({before})"))
