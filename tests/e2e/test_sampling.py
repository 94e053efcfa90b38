"""Somebody ranks a tag that was made before, keeps a few by the slider, and saves them by Enter."""

from pathlib import Path

from playwright.sync_api import expect

from tests.e2e.desk import Desk
from tests.e2e.gestures import photograph
from tests.e2e.prepared import Prepared
from tests.e2e.watched import Tab


def test_coreset_inside_a_tag_makes_a_child_that_is_a_subset(
    tab: Tab, prepared: Prepared, screenshots: Path
) -> None:
    pool = prepared.names[20:100]
    made_before = prepared.tag("made-before", pool)
    page, desk = tab.page, Desk(tab.page)
    desk.open(prepared.id, "sampling", tag=made_before.id)
    expect(desk.active).to_have_text("80 of 80 active")
    expect(desk.name_field).to_be_disabled()
    expect(page.get_by_text("Nothing has changed yet")).to_be_visible()

    desk.choose_strategy("Diversity (coreset)")
    desk.process(40)
    expect(page.get_by_role("button", name="Diversity (coreset), 40")).to_have_attribute(
        "aria-pressed", "true"
    )
    expect(desk.active).to_have_text("40 of 80 active")
    page.reload()
    expect(page.get_by_role("button", name="Strategy ")).to_contain_text("Diversity (coreset)")
    expect(page.get_by_role("textbox", name="How many images to rank")).to_have_value("40")

    page.get_by_role("textbox", name="Number of images to keep").fill("24")
    page.keyboard.press("Enter")
    expect(desk.active).to_have_text("24 of 80 active")
    desk.expect_pictures()
    photograph(page, screenshots / "sampling.webp")

    desk.name_field.fill("diverse-24")
    desk.name_field.press("Enter")
    saved = desk.tag("diverse-24")
    expect(saved).to_have_attribute("aria-selected", "true")
    expect(desk.active).to_have_text("24 of 24 active")
    expect(saved).to_have_attribute("aria-level", "3")
    photograph(page, screenshots / "saved.webp")
    members = prepared.members("diverse-24")
    assert len(members) == 24
    assert members < set(pool)


def test_a_name_that_is_taken_is_refused_at_the_field(tab: Tab, prepared: Prepared) -> None:
    tab.expect_problem("409")
    taken = prepared.tag("taken", prepared.names[:30])
    desk = Desk(tab.page)
    desk.open(prepared.id, "sampling", tag=taken.id)
    desk.process(10)
    desk.name_field.fill("taken")
    desk.name_field.press("Enter")
    expect(desk.name_field).to_have_attribute("aria-invalid", "true")
    expect(tab.page.get_by_role("region", name="Active samples")).to_contain_text("taken")
