"""Somebody copies the id of a dataset."""

from pathlib import Path

from tests.e2e.desk import Desk
from tests.e2e.gestures import photograph
from tests.e2e.watched import Tab


def test_the_id_is_in_the_clipboard(tab: Tab, screenshots: Path) -> None:
    tab.context.grant_permissions(["clipboard-read", "clipboard-write"])
    desk = Desk(tab.page)
    dataset_id = desk.create("to-be-copied")
    desk.button("Copy the dataset id").click()
    desk.button("Copied").wait_for()
    photograph(tab.page, screenshots / "copied.webp")
    assert tab.page.evaluate("navigator.clipboard.readText()") == dataset_id
