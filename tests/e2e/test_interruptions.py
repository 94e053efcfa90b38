"""Uploads that are disturbed: nothing is lost, and nothing is there twice."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Route, expect

from tests.e2e.desk import LONG_MS, Desk
from tests.e2e.pictures import copy_emoji
from tests.e2e.platform import Platform
from tests.e2e.watched import Tab

SEND = "**/uploads/*/files"


def names_in(platform: Platform, dataset_id: str) -> list[str]:
    with platform.client() as client:
        return sorted(sample.file_name for sample in client.samples(dataset_id))


def test_a_server_killed_in_the_middle(own: Platform, open_tab: Callable[..., Tab], tmp_path: Path) -> None:
    paths = copy_emoji(tmp_path / "emoji", 150)  # five requests
    tab = open_tab(base_url=own.url)
    tab.page.goto(own.link)
    tab.expect_problem("Failed to load|ERR_CONNECTION|ERR_EMPTY|ERR_INCOMPLETE")
    desk = Desk(tab.page)
    dataset_id = desk.create("killed")
    sent: list[Route] = []

    def let_one_through(route: Route) -> None:
        sent.append(route)
        if len(sent) == 1:
            route.continue_()  # the others hang, so that the kill comes in the middle

    tab.page.route(SEND, let_one_through)
    with tab.page.expect_response(SEND) as first:
        desk.drop(paths)
    assert first.value.status == 200
    own.kill()
    arrived = len(first.value.json()["results"])
    assert 0 < arrived < 150
    tab.page.close(run_before_unload=False)

    own.start()
    reopened = open_tab(base_url=own.url)
    reopened.page.goto(own.link)
    desk = Desk(reopened.page)
    desk.open(dataset_id, "overview")
    expect(reopened.page.get_by_test_id("n-images")).to_have_text(str(arrived))
    expect(reopened.page.get_by_text("An upload was interrupted")).to_be_visible()
    desk.drop(paths)
    desk.expect_uploaded()
    expect(reopened.page.get_by_test_id("n-images")).to_have_text("150")
    assert names_in(own, dataset_id) == sorted(path.name for path in paths)


def test_a_tab_closed_and_reopened(tab: Tab, platform: Platform, tmp_path: Path) -> None:
    paths = copy_emoji(tmp_path / "emoji", 150)
    desk = Desk(tab.page)
    dataset_id = desk.create("closed")
    sent: list[Route] = []

    def let_one_through(route: Route) -> None:
        sent.append(route)
        if len(sent) == 1:
            route.continue_()

    tab.page.route(SEND, let_one_through)
    with tab.page.expect_response(SEND):
        desk.drop(paths)
    tab.page.close(run_before_unload=False)

    desk = Desk(tab.new_page())
    desk.open(dataset_id, "overview")
    desk.drop(paths)
    desk.expect_uploaded()
    expect(desk.upload).to_contain_text("were there already")
    expect(tab.page.get_by_test_id("n-images")).to_have_text("150")
    assert names_in(platform, dataset_id) == sorted(path.name for path in paths)


def test_two_tabs_at_once(tab: Tab, platform: Platform, tmp_path: Path) -> None:
    tab.expect_problem("409")  # the tab that ends first closes the upload that both fill
    paths = copy_emoji(tmp_path / "emoji", 120)
    first = Desk(tab.page)
    dataset_id = first.create("two tabs")
    second = Desk(tab.new_page())
    second.open(dataset_id, "overview")
    first.drop(paths[:80])
    second.drop(paths[40:])  # forty of them are in both
    for desk in (first, second):
        desk.expect_uploaded()
    for desk in (first, second):
        expect(desk.page.get_by_test_id("n-images")).to_have_text("120", timeout=LONG_MS)
    assert names_in(platform, dataset_id) == sorted(path.name for path in paths)


def test_a_page_comes_back_by_itself_after_an_outage(own: Platform, open_tab: Callable[..., Tab]) -> None:
    tab = open_tab(base_url=own.url)
    tab.page.goto(own.link)
    tab.expect_problem("Failed to load|ERR_CONNECTION|ERR_EMPTY|ERR_INCOMPLETE|ERR_NETWORK")
    desk = Desk(tab.page)
    desk.create("patient")
    desk.turn_to("Jobs")
    expect(desk.heading("Jobs")).to_be_visible()  # a page that was never loaded could not be opened below
    desk.turn_to("Overview")
    expect(desk.heading("patient")).to_be_visible()
    own.kill()
    desk.turn_to("Jobs")
    told = tab.page.get_by_text(f"Start it again with: tamis serve --data {own.data}")
    expect(told.first).to_be_visible(timeout=LONG_MS)
    own.start()
    expect(told).to_have_count(0, timeout=LONG_MS)
    expect(desk.heading("Jobs")).to_be_visible()
