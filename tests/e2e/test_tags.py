"""Somebody sees the tags as a tree, and goes from one to another: plot, grid and counts follow."""

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.desk import Desk
from tests.e2e.gestures import photograph
from tests.e2e.platform import Platform
from tests.e2e.plot import count_calls, counted
from tests.e2e.prepared import Prepared, prepare
from tests.e2e.watched import Tab


def test_the_tree_shows_who_came_from_whom(tab: Tab, prepared: Prepared, screenshots: Path) -> None:
    half = prepared.tag("half", prepared.names[: prepared.n // 2])
    prepared.tag("quarter", prepared.names[: prepared.n // 4], parent=half)
    desk = Desk(tab.page)
    desk.open(prepared.id, "browse")
    levels = {name: desk.tag(name).get_attribute("aria-level") for name in ("initial-tag", "half", "quarter")}
    assert levels == {"initial-tag": "1", "half": "2", "quarter": "3"}
    desk.tag("quarter").click()
    expect(desk.active).to_have_text(f"{prepared.n // 4} of {prepared.n // 4} active")
    desk.expect_pictures()
    photograph(tab.page, screenshots / "tree.webp")


def test_counts_and_grid_follow_the_tag(tab: Tab, prepared: Prepared) -> None:
    few = sorted(prepared.names)[5:11]
    prepared.tag("six", few)
    desk = Desk(tab.page)
    desk.open(prepared.id, "browse")
    expect(desk.active).to_have_text(f"{prepared.n} of {prepared.n} active")
    desk.tag("six").click()
    expect(desk.active).to_have_text("6 of 6 active")
    expect(desk.cells()).to_have_count(6)
    desk.expect_pictures()
    shown = {prepared.name_at(cell.get_attribute("data-position")) for cell in desk.cells().all()}
    assert shown == set(few)
    desk.tag("initial-tag").click()
    expect(desk.active).to_have_text(f"{prepared.n} of {prepared.n} active")


def test_the_list_of_a_tags_files_can_be_downloaded(tab: Tab, prepared: Prepared) -> None:
    few = sorted(prepared.names)[3:9]
    prepared.tag("to-label", few)
    desk = Desk(tab.page)
    desk.open(prepared.id, "browse")
    desk.tag("to-label").click()
    with tab.page.expect_download() as downloading:
        tab.page.get_by_role("link", name="Download the list of files").click()
    assert downloading.value.suggested_filename == "to-label.txt"
    assert Path(downloading.value.path()).read_text().splitlines() == few


def test_the_plot_follows_the_tag(tab: Tab, prepared: Prepared) -> None:
    count_calls(tab.context)
    prepared.tag("ten", prepared.names[:10])
    desk = Desk(tab.page)
    desk.open(prepared.id, "sampling")
    plot = tab.page.get_by_role("region", name="Plot")
    expect(plot).to_contain_text(f"in this tag {prepared.n}")
    all_of_them = counted(tab.page).active
    desk.tag("ten").click()
    expect(plot).to_contain_text("in this tag 10")
    assert 0 < counted(tab.page).active < all_of_them
    desk.tag("initial-tag").click()
    expect(plot).to_contain_text(f"in this tag {prepared.n}")
    assert counted(tab.page).active == all_of_them


def act(page: Page, tag: str, word: str) -> None:
    page.get_by_role("button", name=f"Actions for {tag}").click()
    page.get_by_role("menuitem", name=word).click()


def test_a_tag_gets_another_name_and_is_removed(tab: Tab, prepared: Prepared) -> None:
    tab.expect_problem("409")
    prepared.tag("to rename", prepared.names[:20])
    desk = Desk(tab.page)
    desk.open(prepared.id, "browse")
    expect(tab.page.get_by_role("button", name="Actions for initial-tag")).to_have_count(0)
    desk.tag("to rename").click()
    act(tab.page, "to rename", "Rename")
    field = tab.page.get_by_role("dialog").get_by_role("textbox", name="Name")
    expect(field).to_be_focused()
    field.fill("initial-tag")
    field.press("Enter")
    expect(field).to_have_attribute("aria-invalid", "true")
    field.fill("to remove")
    field.press("Enter")
    expect(desk.tag("to remove")).to_have_attribute("aria-selected", "true")
    expect(desk.tag("to rename")).to_have_count(0)
    act(tab.page, "to remove", "Remove")
    dialog = tab.page.get_by_role("dialog")
    expect(dialog).to_contain_text("20 images")
    dialog.get_by_role("button", name="Remove", exact=True).click()
    expect(desk.tag("to remove")).to_have_count(0)
    expect(desk.tag("initial-tag")).to_have_attribute("aria-selected", "true")
    expect(desk.active).to_have_text(f"{prepared.n} of {prepared.n} active")
    assert "to remove" not in prepared.tag_names()


def test_by_keyboard_too_and_a_tag_with_children_stays(tab: Tab, prepared: Prepared) -> None:
    above = prepared.tag("above", prepared.names[:30])
    prepared.tag("below", prepared.names[:10], parent=above)
    desk = Desk(tab.page)
    desk.open(prepared.id, "browse")
    desk.tag("above").focus()
    tab.page.keyboard.press("Delete")
    expect(tab.page.get_by_role("dialog")).to_have_count(0)
    desk.tag("below").focus()
    tab.page.keyboard.press("F2")
    field = tab.page.get_by_role("dialog").get_by_role("textbox", name="Name")
    field.fill("underneath")
    field.press("Enter")
    expect(tab.page.get_by_role("dialog")).to_have_count(0)
    desk.tag("underneath").focus()
    tab.page.keyboard.press("Delete")
    expect(tab.page.get_by_role("dialog").get_by_role("button", name="Remove", exact=True)).to_be_focused()
    tab.page.keyboard.press("Enter")
    expect(desk.tag("underneath")).to_have_count(0)
    assert {"above", "underneath"} & prepared.tag_names() == {"above"}


def test_a_page_leaves_a_tag_that_somebody_else_removes(tab: Tab, prepared: Prepared) -> None:
    gone = prepared.tag("soon gone", prepared.names[:7])
    desk = Desk(tab.page)
    desk.open(prepared.id, "browse", tag=gone.id)
    expect(desk.active).to_have_text("7 of 7 active")
    with prepared.platform.client() as client:
        client.remove_tag(prepared.id, gone.id)
    expect(desk.tag("initial-tag")).to_have_attribute("aria-selected", "true")
    expect(desk.active).to_have_text(f"{prepared.n} of {prepared.n} active")
    expect(tab.page.get_by_role("alert")).to_have_text("The tag that was shown here has been removed.")
    assert gone.id not in tab.page.url


def test_a_saved_tag_shows_its_ranking(tab: Tab, prepared: Prepared) -> None:
    tag = prepared.save(prepared.selection("coreset", 25), "its ranking", keep=15)
    desk = Desk(tab.page)
    desk.open(prepared.id, "browse", tag=tag.id)
    expect(desk.active).to_have_text("15 of 15 active")
    tab.page.get_by_role("link", name="Show its ranking").click()
    expect(desk.slider).to_have_attribute("aria-valuenow", "15")
    expect(desk.active).to_have_text(f"15 of {prepared.n} active")
    expect(desk.tag("its ranking")).to_have_attribute("aria-selected", "true")
    expect(desk.name_field).to_be_disabled()
    desk.slider.press("ArrowRight")
    expect(desk.name_field).to_be_enabled()
    expect(desk.tag("its ranking")).to_have_attribute("aria-selected", "false")


def test_many_tags_scroll_above_the_active_samples(tab: Tab, platform: Platform, tmp_path: Path) -> None:
    crowded = prepare(platform, "crowded", tmp_path / "crowded", 4)
    for number in range(40):
        crowded.tag(f"tag {number:02}", crowded.names[:2])
    desk = Desk(tab.page)
    desk.open(crowded.id, "browse")
    bar = tab.page.get_by_role("region", name="Active samples")
    desk.tag("tag 39").click()
    expect(desk.active).to_have_text("2 of 2 active")
    row, below = desk.tag("tag 39").bounding_box(), bar.bounding_box()
    assert row is not None and below is not None and row["y"] + row["height"] <= below["y"]
    expect(bar).to_be_in_viewport(ratio=1)
