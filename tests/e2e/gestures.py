"""What hands do and Playwright has no word for: dropping files, and taking a picture for the docs."""

import io
from collections.abc import Iterable
from pathlib import Path

from PIL import Image
from playwright.sync_api import Locator, Page

NOTICE = """(target) => {
  delete target.dataset.noticed;
  target.addEventListener("dragover", () => { target.dataset.noticed = "yes"; }, { once: true });
}"""


def drop(target: Locator, paths: Iterable[Path]) -> None:
    """Drop files and folders from the disk onto an element, as from the desktop's file manager.

    The events come from the browser itself, with a DataTransfer that holds the files and their folders.
    """
    session = target.page.context.new_cdp_session(target.page)
    data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}

    def drag(kind: str) -> None:
        session.send("Input.dispatchDragEvent", {"type": kind, **where, "data": data})

    target.evaluate(NOTICE)
    for _ in range(20):  # the page may have moved while the hand was on its way
        target.hover()
        box = target.bounding_box()
        assert box is not None, "what is not shown cannot be dropped onto"
        where = {"x": box["x"] + 12, "y": box["y"] + box["height"] / 2}
        drag("dragEnter")
        drag("dragOver")
        drag("dragOver")  # what is under the hand may have changed at the first one
        if target.get_attribute("data-noticed"):
            break
    drag("drop")
    session.detach()


def photograph(page: Page, file: Path) -> None:
    """Take a picture of what is on the screen, small enough for the repository."""
    taken = Image.open(io.BytesIO(page.screenshot(animations="disabled", caret="hide"))).convert("RGB")
    taken.save(file, quality=90, method=6)
