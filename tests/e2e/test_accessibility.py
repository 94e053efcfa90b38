"""Every screen in both themes is free of what axe-core finds."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.desk import Desk
from tests.e2e.platform import Platform
from tests.e2e.prepared import Prepared
from tests.e2e.watched import Tab

AXE = Path(__file__).resolve().parents[2] / "web/node_modules/axe-core/axe.min.js"
RUN = """async (where) => (await axe.run(where ?? document, { resultTypes: ["violations"] })).violations
  .map(({ id, nodes }) => [id, nodes.map((node) => node.html.slice(0, 160))])"""


def first_page(desk: Desk, prepared: Prepared) -> None:
    desk.datasets()
    expect(desk.page.get_by_role("link", name="emoji", exact=True)).to_be_visible()


def create_dialog(desk: Desk, prepared: Prepared) -> None:
    desk.datasets()
    desk.button("Create a new dataset").click()
    expect(desk.button("Create")).to_be_visible()


def remove_dialog(desk: Desk, prepared: Prepared) -> None:
    desk.datasets()
    desk.button("Actions for emoji").click()
    desk.page.get_by_role("menuitem", name="Remove").click()
    expect(desk.page.get_by_role("menu")).to_have_count(0)  # it fades, outside of any landmark
    dialog = desk.page.get_by_role("dialog")
    dialog.get_by_role("textbox").fill("emoj")
    expect(dialog.get_by_role("button", name="Remove", exact=True)).to_be_disabled()


def overview(desk: Desk, prepared: Prepared) -> None:
    desk.open(prepared.id, "overview")
    expect(desk.page.get_by_role("main")).to_contain_text(str(prepared.n))


def browse(desk: Desk, prepared: Prepared) -> None:
    desk.open(prepared.id, "browse")
    desk.expect_pictures()


def detail(desk: Desk, prepared: Prepared) -> None:
    browse(desk, prepared)
    desk.cells().first.click()
    dialog = desk.page.get_by_role("dialog")
    expect(dialog.get_by_role("heading", name=".png")).to_be_visible()


def sampling(desk: Desk, prepared: Prepared) -> None:
    desk.open(prepared.id, "sampling", selection=prepared.selection("coreset", 60), keep="40")
    expect(desk.slider).to_have_attribute("aria-valuenow", "40")
    desk.expect_pictures()


def strategies(desk: Desk, prepared: Prepared) -> None:
    desk.open(prepared.id, "sampling")
    desk.page.get_by_role("button", name=re.compile("^Strategy ")).click()
    expect(desk.page.get_by_role("dialog").get_by_role("radio", name="(coreset)")).to_be_visible()


def tag_dialog(desk: Desk, prepared: Prepared) -> None:
    tag = prepared.tag("in-a-dialog", prepared.names[:3])
    desk.open(prepared.id, "browse", tag=tag.id)
    desk.tag("in-a-dialog").press("Delete")
    expect(desk.page.get_by_role("dialog")).to_contain_text("3 images")


def jobs(desk: Desk, prepared: Prepared) -> None:
    desk.open(prepared.id, "jobs")
    expect(desk.page.get_by_role("heading", name="Jobs")).to_be_visible()


def preferences(desk: Desk, prepared: Prepared) -> None:
    desk.page.goto("/preferences")
    expect(desk.page.get_by_role("heading", name="Preferences")).to_be_visible()


SCREENS = [
    first_page, create_dialog, remove_dialog, overview, browse, detail, sampling, strategies, tag_dialog,
    jobs, preferences,
]  # fmt: skip


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.__name__)
def test_a_screen_has_no_violations(
    screen: Callable[[Desk, Prepared], None], tab: Tab, prepared: Prepared
) -> None:
    screen(Desk(tab.page), prepared)
    tab.page.evaluate(AXE.read_text(encoding="utf-8"))
    for scheme in both_themes(tab.page):
        assert tab.page.evaluate(RUN) == [], scheme


def test_the_menu_of_a_tag_has_no_violations(tab: Tab, prepared: Prepared) -> None:
    tag = prepared.save(prepared.selection("random", 30), "with-a-menu", 9)
    desk = Desk(tab.page)
    desk.open(prepared.id, "browse", tag=tag.id)
    tab.page.evaluate(AXE.read_text(encoding="utf-8"))
    desk.button("Actions for with-a-menu").click()
    expect(tab.page.get_by_role("menuitem", name="Remove")).to_be_visible()
    for scheme in both_themes(tab.page):
        assert tab.page.evaluate(RUN, "[role=menu]") == [], scheme


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_way_in_has_no_violations(scheme: str, platform: Platform, open_tab: Callable[..., Tab]) -> None:
    tab = open_tab(color_scheme=scheme)
    tab.expect_problem("401")
    tab.page.goto(platform.url)
    expect(tab.page.get_by_role("heading", level=1)).to_be_visible()
    assert violations(tab.page) == []


def both_themes(page: Page) -> Iterator[str]:
    """Show the page in one theme after the other."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of the two
        expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", scheme)
        assert shown_scheme(page) == scheme
        yield scheme


def shown_scheme(page: Page) -> object:
    """Tell which theme is on, by how light the page's ground is."""
    return page.evaluate(
        """() => getComputedStyle(document.body).backgroundColor.match(/\\d+/g).slice(0, 3)
          .reduce((sum, each) => sum + Number(each), 0) > 384 ? "light" : "dark" """
    )


def violations(page: Page) -> object:
    page.evaluate(AXE.read_text(encoding="utf-8"))
    return page.evaluate(RUN)
