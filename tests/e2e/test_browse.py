"""Somebody looks through the images, and at one of them."""

import re
from pathlib import Path

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
