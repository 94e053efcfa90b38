"""Somebody makes a token, pastes the snippet into a Python of theirs, and it runs."""

import subprocess
from pathlib import Path

from playwright.sync_api import expect

from tests.e2e.desk import Desk
from tests.e2e.gestures import photograph
from tests.e2e.pictures import copy_emoji
from tests.e2e.platform import Platform, environment
from tests.e2e.watched import Tab


def test_the_pasted_snippet_uploads_a_folder(
    tab: Tab, platform: Platform, python: Path, tmp_path: Path, screenshots: Path
) -> None:
    tab.context.grant_permissions(["clipboard-read", "clipboard-write"])
    copy_emoji(tmp_path / "path/to/images", 7)
    page, desk = tab.page, Desk(tab.page)
    dataset_id = desk.create("by pip")
    desk.button("Make a token for this dataset").click()
    expect(page.get_by_text("shown this once")).to_be_visible()
    photograph(page, screenshots / "pip.webp")
    desk.button("Copy: Upload a folder").click()
    desk.button("Copied").wait_for()
    pasted = page.evaluate("navigator.clipboard.readText()")

    (tmp_path / "pasted.py").write_text(pasted)
    ran = subprocess.run(
        [python, "pasted.py"], cwd=tmp_path, env=environment(), capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert ran.stdout == "7 added, 0 refused\n"
    expect(page.get_by_test_id("n-images")).to_have_text("7")  # the page heard of it
    assert dataset_id in pasted


def test_a_revoked_token_opens_nothing(tab: Tab, platform: Platform) -> None:
    page, desk = tab.page, Desk(tab.page)
    page.goto("/preferences")
    desk.button("Create a token").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Name").fill("nightly")
    dialog.get_by_role("button", name="Create", exact=True).click()
    secret = dialog.locator("code").inner_text()
    headers = {"Authorization": f"Bearer {secret}"}
    assert tab.context.request.get(f"{platform.url}/api/datasets", headers=headers).status == 200
    desk.button("I have copied it").click()
    desk.button("Revoke nightly").click()
    desk.button("Revoke").click()
    expect(page.get_by_text("One token was revoked")).to_be_visible()
    assert tab.context.request.get(f"{platform.url}/api/datasets", headers=headers).status == 401
