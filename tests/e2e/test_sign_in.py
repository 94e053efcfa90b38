"""Somebody opens the link that `tamis serve` printed."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect

from tests.e2e.gestures import photograph
from tests.e2e.platform import Platform
from tests.e2e.watched import Tab


def test_the_printed_link_signs_in_once(
    own: Platform, open_tab: Callable[..., Tab], screenshots: Path
) -> None:
    tab = open_tab()
    tab.page.goto(own.link)
    expect(tab.page.get_by_role("heading", name="Datasets")).to_be_visible()
    assert tab.page.url == f"{own.url}/"
    (cookie,) = tab.context.cookies()
    assert cookie["httpOnly"]
    assert cookie["sameSite"] == "Strict"
    tab.page.reload()
    expect(tab.page.get_by_role("heading", name="Datasets")).to_be_visible()
    expect(tab.page.get_by_text("Begin with a pile of images")).to_be_visible()
    photograph(tab.page, screenshots / "sign-in.webp")

    late = open_tab()
    late.expect_problem("401")
    late.page.goto(own.link)
    expect(late.page.locator("body")).to_contain_text("tamis login")
    assert late.context.cookies() == []


def test_who_is_not_signed_in_is_told_how(own: Platform, open_tab: Callable[..., Tab]) -> None:
    tab = open_tab()
    tab.expect_problem("401")
    tab.page.goto(own.url)
    expect(tab.page.locator("body")).to_contain_text("tamis serve")
    assert {request.url for request in tab.asked("/api/")} == {f"{own.url}/api/me"}
