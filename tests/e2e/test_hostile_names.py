"""Names that others chose are shown as text: they run nothing, load nothing and turn nothing around."""

from pathlib import Path

from playwright.sync_api import expect

from tests.e2e.desk import Desk
from tests.e2e.pictures import copy_emoji
from tests.e2e.platform import Platform
from tests.e2e.watched import Tab

SCRIPT = '<img src=x onerror="console.error(1)">'
NAMES = [
    f"{SCRIPT}.png",
    "'\"><svg onload=console.error(2)>.png",
    "{{7*7}} ${7*7} %s.png",
    "javascript:console.error(3).png",
    "-rf ; $(touch inert) `touch inert` #.png",
    "a&lt;b>.png",
    "über öäü 字.png",
]


def test_names_are_inert_everywhere(tab: Tab, platform: Platform, tmp_path: Path) -> None:
    page, desk = tab.page, Desk(tab.page)
    for path, name in zip(copy_emoji(tmp_path / "emoji", len(NAMES)), NAMES, strict=True):
        path.rename(path.with_name(name))
    with platform.client() as client:
        dataset = client.create_dataset(f"{SCRIPT} set")
        client.upload(dataset.id, tmp_path / "emoji")
        (initial,) = client.tags(dataset.id)
        client.tag_files(dataset.id, f"{SCRIPT} tag", initial.id, NAMES[:3])
        known = sorted(sample.file_name for sample in client.samples(dataset.id))
    assert known == sorted(NAMES)

    desk.datasets()
    expect(page.get_by_role("link", name=f"{SCRIPT} set", exact=True)).to_be_visible()
    desk.open(dataset.id, "browse")
    expect(desk.tag(f"{SCRIPT} tag")).to_be_visible()
    desk.expect_pictures()
    desk.cells().first.click()
    detail = page.get_by_role("dialog")
    for name in known:
        expect(detail.get_by_role("heading", name=name, exact=True)).to_be_visible()
        page.keyboard.press("ArrowRight")
    assert page.locator("img[src=x], svg[onload]").count() == 0
