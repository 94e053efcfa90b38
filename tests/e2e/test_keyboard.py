"""Somebody without a mouse goes the whole way: from the first page to a saved tag."""

import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.e2e.desk import LONG_MS, Desk
from tests.e2e.pictures import copy_emoji
from tests.e2e.watched import Tab

MOST_STOPS = 60
HAS_FOCUS = "(element) => element === document.activeElement"


def walk_to(page: Page, target: Locator) -> None:
    """Press Tab until the target has the focus, as whoever cannot see a pointer does."""
    expect(target).to_be_visible()
    for _ in range(MOST_STOPS):
        if target.evaluate(HAS_FOCUS):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{target} is not reached within {MOST_STOPS} stops")


def test_from_nothing_to_a_saved_tag_by_keyboard_alone(tab: Tab, tmp_path: Path) -> None:
    paths = copy_emoji(tmp_path / "emoji", 40)
    page, desk = tab.page, Desk(tab.page)
    desk.datasets()
    walk_to(page, desk.button("Create a new dataset"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="Name")).to_be_focused()
    page.keyboard.type("by keyboard")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/overview"))
    expect(page.get_by_role("dialog")).to_have_count(0)  # it gives the focus back once it is gone
    expect(page.get_by_test_id("n-images")).to_have_text("0")

    with page.expect_file_chooser() as chooser:  # before the walk: a key may overtake the wish to hear of it
        walk_to(page, desk.button("Choose files"))
        page.keyboard.press("Enter")
    chooser.value.set_files(paths)
    desk.expect_uploaded()
    ready = page.get_by_role("link", name="Pick the images worth labeling")
    expect(ready).to_be_visible(timeout=LONG_MS)
    walk_to(page, ready)
    page.keyboard.press("Enter")

    walk_to(page, page.get_by_role("textbox", name="How many images to rank"))
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type("20")
    walk_to(page, desk.button("Process"))
    page.keyboard.press("Enter")
    expect(desk.slider).to_have_attribute("aria-valuenow", "20", timeout=LONG_MS)
    expect(desk.slider).to_be_focused()  # the button is silent meanwhile, and the focus is not lost
    page.keyboard.press("ArrowLeft")
    expect(desk.active).to_have_text("19 of 40 active")

    walk_to(page, desk.name_field)
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type("nineteen")
    page.keyboard.press("Enter")
    expect(desk.tag("nineteen")).to_have_attribute("aria-selected", "true")
    walk_to(page, desk.tag("nineteen"))
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(desk.tag("initial-tag")).to_have_attribute("aria-selected", "true")
    expect(desk.active).to_have_text("40 of 40 active")
