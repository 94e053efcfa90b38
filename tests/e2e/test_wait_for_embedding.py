"""Somebody waits for the embedding: the page says how far it is, and what to do when it is there."""

from pathlib import Path

from playwright.sync_api import expect

from tests.e2e.desk import LONG_MS, Desk
from tests.e2e.gestures import photograph
from tests.e2e.pictures import copy_emoji
from tests.e2e.platform import Platform
from tests.e2e.watched import Tab


def test_the_page_says_by_itself_when_the_images_are_ready(
    tab: Tab, platform: Platform, tmp_path: Path, screenshots: Path
) -> None:
    page, desk = tab.page, Desk(tab.page)
    dataset_id = desk.create("waiting")
    desk.drop(copy_emoji(tmp_path / "emoji", 40))
    desk.expect_uploaded()
    expect(page.get_by_test_id("ready")).to_be_visible(timeout=LONG_MS)
    photograph(page, screenshots / "ready.webp")
    with platform.client() as client:
        assert {job.state for job in client.jobs(dataset_id) if job.kind == "embed"} == {"succeeded"}
        assert {embedding.n_covered for embedding in client.embeddings(dataset_id)} == {40}
    page.get_by_role("link", name="Pick the images worth labeling").click()
    expect(page).to_have_url(f"{platform.url}/datasets/{dataset_id}/sampling")
