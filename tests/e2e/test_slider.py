"""Somebody moves the slider: the plot follows in the same breath, and nothing is asked of the server."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect

from tests.e2e.desk import Desk
from tests.e2e.gestures import photograph, wait_until_quiet
from tests.e2e.plot import count_calls, counted, reset
from tests.e2e.prepared import Prepared
from tests.e2e.watched import Tab

# An arrow with Shift moves by a tenth.
KEYS = ["Shift+ArrowLeft"] * 4 + ["Shift+ArrowRight"] * 2 + ["End", "Home"]


def test_each_move_is_one_uniform_and_no_request(tab: Tab, prepared: Prepared) -> None:
    count_calls(tab.context)
    page, desk = tab.page, Desk(tab.page)
    moved = prepared.tag("to-be-moved", prepared.names)
    desk.open(prepared.id, "sampling", tag=moved.id)
    desk.choose_strategy("Random")
    desk.process(100)
    desk.expect_pictures()
    wait_until_quiet(page)  # the news of the selection have come
    before = counted(page)
    assert before.active > 0
    desk.slider.focus()
    asked = len(tab.requests)
    for key in KEYS:
        reset(page)
        page.keyboard.press(key)
        after = counted(page)
        assert (after.uniforms, after.uploads) == (1, 0), key
        assert 1 <= after.draws <= 3, key
        assert after.active != before.active, key
        before = after
    others = [each.url for each in tab.requests[asked:] if each.url.startswith("http")]
    assert [url for url in others if "/thumbnails?" not in url] == []
    expect(desk.active).to_have_text("1 of 120 active")


def test_a_drag_an_arrow_and_a_typed_number_say_the_same(
    tab: Tab, prepared: Prepared, screenshots: Path
) -> None:
    page, desk = tab.page, Desk(tab.page)
    dragged = prepared.tag("to-be-dragged", prepared.names)
    desk.open(prepared.id, "sampling", tag=dragged.id)
    desk.process(100)
    field = page.get_by_role("textbox", name="Number of images to keep")
    field.fill("70")
    field.press("Enter")
    expect(desk.slider).to_have_attribute("aria-valuenow", "70")
    desk.slider.press("ArrowRight")
    expect(field).to_have_value("71")
    expect(desk.active).to_have_text("71 of 120 active")
    box = desk.slider.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] - 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=8)
    page.mouse.up()
    now = int(desk.slider.get_attribute("aria-valuenow") or 0)
    assert 5 <= now <= 20  # the middle of a scale from 1 to 120 by powers
    expect(desk.active).to_have_text(f"{now} of 120 active")
    photograph(page, screenshots / "slider.webp")


def test_the_address_brings_the_same_view_back(
    tab: Tab, prepared: Prepared, open_tab: Callable[..., Tab]
) -> None:
    page, desk = tab.page, Desk(tab.page)
    kept = prepared.tag("to-be-kept", prepared.names)
    desk.open(prepared.id, "sampling", tag=kept.id)
    desk.process(50)
    desk.slider.press("Home")
    page.wait_for_url("**keep=1*")
    again = Desk(tab.new_page())
    again.page.goto(page.url)
    expect(again.slider).to_have_attribute("aria-valuenow", "1")
    expect(again.active).to_have_text("1 of 120 active")
