"""Somebody makes a dataset, with a token for the pip package if they like."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect

from tests.e2e.desk import Desk
from tests.e2e.gestures import photograph
from tests.e2e.platform import Platform
from tests.e2e.watched import Tab


def test_a_name_and_create(tab: Tab, platform: Platform, screenshots: Path) -> None:
    desk = Desk(tab.page)
    dataset_id = desk.create("orchard")
    expect(tab.page.get_by_role("navigation", name="Breadcrumb")).to_contain_text("orchard")
    with platform.client() as client:
        assert client.dataset(dataset_id).name == "orchard"
    desk.datasets()
    photograph(tab.page, screenshots / "datasets.webp")
    tab.page.get_by_role("link", name="orchard", exact=True).click()
    expect(tab.page).to_have_url(f"{platform.url}/datasets/{dataset_id}/overview")


def test_a_name_that_is_taken_is_refused_beside_the_field(tab: Tab) -> None:
    tab.expect_problem("409")
    desk = Desk(tab.page)
    desk.create("meadow")
    desk.datasets()
    desk.button("Create a new dataset").click()
    field = tab.page.get_by_role("textbox", name="Name")
    field.fill("meadow")
    field.press("Enter")
    expect(tab.page.get_by_role("dialog")).to_contain_text("meadow")
    expect(field).to_have_attribute("aria-invalid", "true")


def test_the_token_is_shown_once_and_opens_this_dataset_only(
    tab: Tab, platform: Platform, open_tab: Callable[..., Tab]
) -> None:
    desk = Desk(tab.page)
    other = desk.create("hill")
    desk.datasets()
    desk.button("Create a new dataset").click()
    tab.page.get_by_role("textbox", name="Name").fill("valley")
    tab.page.get_by_role("checkbox", name="API token").check()
    desk.button("Create").click()
    dialog = tab.page.get_by_role("dialog")
    secret = dialog.get_by_text("tamis_").first.inner_text().strip()
    desk.button("Open the dataset").click()
    expect(tab.page.get_by_role("heading", level=1)).to_be_visible()
    assert secret not in tab.page.content()

    headers = {"Authorization": f"Bearer {secret}"}

    def status(path: str) -> int:
        return tab.context.request.get(platform.url + path, headers=headers).status

    assert status(f"/api/datasets/{desk.dataset_id}") == 200
    assert status(f"/api/datasets/{other}") == status("/api/tokens") == 404
