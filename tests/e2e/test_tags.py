"""Somebody sees the tags as a tree, and goes from one to another: plot, grid and counts follow."""

from pathlib import Path

from playwright.sync_api import expect

from tests.e2e.desk import Desk
from tests.e2e.gestures import photograph
from tests.e2e.plot import count_calls, counted
from tests.e2e.prepared import Prepared
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
