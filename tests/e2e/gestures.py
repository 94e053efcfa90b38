"""What hands do and Playwright has no word for: dropping files, and taking a picture for the docs."""

import contextlib
import io
from collections.abc import Sequence
from pathlib import Path

from PIL import Image
from playwright.sync_api import Locator, Page
from playwright.sync_api import TimeoutError as Late

NOTICE = """() => {
  window.tamisDrag = { taken: false, dropped: false };
  addEventListener("dragover", (event) => { window.tamisDrag.taken ||= event.defaultPrevented; });
  addEventListener("drop", () => { window.tamisDrag.dropped = true; });
}"""


QUIET = """() => {
  const n = performance.getEntriesByType("resource").length;
  if (n !== globalThis.quiet?.n) globalThis.quiet = { n, since: performance.now() };
  return performance.now() - globalThis.quiet.since > 700;
}"""


def wait_until_quiet(page: Page) -> None:
    """Wait until the page has asked for nothing for longer than it gathers the server's news."""
    page.wait_for_function(QUIET, polling=50)


def drop(target: Locator, paths: Sequence[Path]) -> None:
    """Drop files or folders from the disk onto an element, as from the desktop's file manager."""
    if any(path.is_dir() for path in paths):
        _drop_folders(target, paths)
    else:
        target.drop({"files": list(paths)})


def _drop_folders(target: Locator, paths: Sequence[Path]) -> None:
    """Let the browser itself make the events: only then does the DataTransfer hold folders.

    It opens what is dropped in a tab of its own unless the page has taken it, so the hand lets go only once
    the page has said so. On a busy machine the browser loses some of these events: the hand tries again.
    """
    page = target.page
    session = page.context.new_cdp_session(page)
    target.hover()
    box = target.bounding_box()
    assert box is not None, "what is not shown cannot be dropped onto"
    where = {"x": box["x"] + 12, "y": box["y"] + box["height"] / 2}
    data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}

    def drag(kind: str) -> None:
        session.send("Input.dispatchDragEvent", {"type": kind, **where, "data": data})

    def comes(what: str) -> bool:
        with contextlib.suppress(Late):
            page.wait_for_function(f"() => window.tamisDrag.{what}", timeout=2_000)
            return True
        return False

    page.evaluate(NOTICE)
    for _ in range(10):
        drag("dragEnter")
        drag("dragOver")
        if comes("taken"):
            drag("drop")
            if comes("dropped"):
                break
    assert page.evaluate("window.tamisDrag.dropped"), "the browser lost ten drops on their way"
    session.detach()


def photograph(page: Page, file: Path) -> None:
    """Take a picture of what is on the screen, small enough for the repository."""
    taken = Image.open(io.BytesIO(page.screenshot(animations="disabled", caret="hide"))).convert("RGB")
    taken.save(file, quality=90, method=6)
