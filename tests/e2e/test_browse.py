"""Somebody looks through the images, and at one of them."""

import io
import re
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import expect

from tests.e2e.desk import Desk
from tests.e2e.gestures import photograph
from tests.e2e.prepared import Prepared
from tests.e2e.watched import Tab


def test_images_fill_the_grid_and_one_opens(tab: Tab, prepared: Prepared, screenshots: Path) -> None:
    desk, page = Desk(tab.page), tab.page
    desk.open(prepared.id, "browse")
    desk.expect_pictures()
    expect(desk.grid).to_have_attribute("aria-label", re.compile(f", {prepared.n} images$"))
    photograph(page, screenshots / "browse.webp")

    desk.cells().nth(2).click()
    detail = page.get_by_role("dialog")
    name = prepared.name_at(desk.cells().nth(2).get_attribute("data-position"))
    expect(detail.get_by_role("heading", name=name)).to_be_visible()
    expect(detail.get_by_role("img", name=name)).to_be_visible()
    photograph(page, screenshots / "detail.webp")
    after = prepared.name_at(desk.cells().nth(3).get_attribute("data-position"))
    page.keyboard.press("ArrowRight")
    expect(detail.get_by_role("heading", name=after)).to_be_visible()
    page.keyboard.press("Escape")
    expect(detail).to_be_hidden()


def test_a_click_on_a_point_of_the_plot_opens_its_image(tab: Tab, prepared: Prepared) -> None:
    desk, page = Desk(tab.page), tab.page
    desk.open(prepared.id, "sampling")
    expect(page.get_by_text(f"in this tag {prepared.n}")).to_be_visible()
    box = desk.plot.bounding_box()
    assert box is not None
    x, y = a_point(desk.plot.screenshot(animations="disabled"))
    page.mouse.dblclick(box["x"] + x, box["y"] + y)  # the second click must not close what the first opens
    detail = page.get_by_role("dialog")
    expect(detail.get_by_role("heading", level=2)).to_have_text(re.compile(r"\.png$"))
    name = prepared.name_at(re.search(r"sample=(\d+)", page.url)[1])  # type: ignore[index]
    expect(detail.get_by_role("heading", name=name)).to_be_visible()
    page.keyboard.press("Escape")
    expect(detail).to_be_hidden()
    expect(desk.plot).to_be_focused()
    page.mouse.move(0, 0)
    page.mouse.move(box["x"] + x, box["y"] + y)
    page.keyboard.press("Enter")
    expect(detail.get_by_role("heading", level=2)).to_be_visible()


def a_point(picture: bytes) -> tuple[int, int]:
    """Return the pixel in the middle of all that are drawn in colour, or the one that is nearest to it."""
    with Image.open(io.BytesIO(picture)) as opened:
        red, _, blue = np.moveaxis(np.asarray(opened.convert("RGB"), np.int16), 2, 0)
    rows, columns = np.nonzero(red - blue > 80)
    far = np.hypot(rows - rows.mean(), columns - columns.mean())
    return int(columns[far.argmin()]), int(rows[far.argmin()])
