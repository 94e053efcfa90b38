"""What hands do and Playwright has no word for: dropping files, and taking a picture for the docs."""

import io
from collections.abc import Iterable
from pathlib import Path

from PIL import Image
from playwright.sync_api import Locator, Page


def drop(target: Locator, paths: Iterable[Path]) -> None:
    """Drop files and folders from the disk onto an element, as from the desktop's file manager.

    The events come from the browser itself, with a DataTransfer that holds the files and their folders.
    """
    target.scroll_into_view_if_needed()
    box = target.bounding_box()
    assert box is not None, "what is not shown cannot be dropped onto"
    where = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
    session = target.page.context.new_cdp_session(target.page)
    try:
        for kind in ("dragEnter", "dragOver", "drop"):
            session.send("Input.dispatchDragEvent", {"type": kind, **where, "data": data})
    finally:
        session.detach()


def photograph(page: Page, file: Path) -> None:
    """Take a picture of what is on the screen, small enough for the repository."""
    taken = Image.open(io.BytesIO(page.screenshot(animations="disabled", caret="hide"))).convert("RGB")
    taken.quantize(256, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(file, optimize=True)
