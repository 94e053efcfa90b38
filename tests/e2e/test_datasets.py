"""Somebody tidies up: a dataset gets another name, and one that nobody needs goes."""

from playwright.sync_api import Locator, expect

from tests.e2e.desk import Desk
from tests.e2e.platform import Platform
from tests.e2e.watched import Tab


def act(desk: Desk, name: str, action: str) -> Locator:
    """Choose from the menu of a dataset's card, and return the dialog that opens."""
    desk.button(f"Actions for {name}").click()
    desk.page.get_by_role("menuitem", name=action).click()
    dialog = desk.page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    return dialog


def test_a_dataset_gets_another_name(tab: Tab, platform: Platform) -> None:
    tab.expect_problem("409")
    desk = Desk(tab.page)
    desk.create("tidy taken")
    dataset_id = desk.create("tidy before")
    desk.datasets()
    field = act(desk, "tidy before", "Rename").get_by_role("textbox", name="Name")
    expect(field).to_be_focused()
    field.fill("tidy taken")
    field.press("Enter")
    expect(field).to_have_attribute("aria-invalid", "true")
    field.fill("tidy after")
    field.press("Enter")
    expect(tab.page.get_by_role("link", name="tidy after", exact=True)).to_be_visible()
    expect(tab.page.get_by_role("link", name="tidy before", exact=True)).to_have_count(0)
    with platform.client() as client:
        assert client.dataset(dataset_id).name == "tidy after"


def test_a_dataset_is_removed_once_its_name_is_typed(tab: Tab, platform: Platform) -> None:
    desk = Desk(tab.page)
    dataset_id = desk.create("tidy away")
    desk.datasets()
    dialog = act(desk, "tidy away", "Remove")
    expect(dialog).to_contain_text("cannot be undone")
    remove = dialog.get_by_role("button", name="Remove", exact=True)
    field = dialog.get_by_role("textbox")
    field.fill("tidy")
    expect(remove).to_be_disabled()
    field.fill("tidy away")
    remove.click()
    expect(tab.page.get_by_role("link", name="tidy away", exact=True)).to_have_count(0)
    with platform.client() as client:
        assert dataset_id not in {dataset.id for dataset in client.datasets()}
