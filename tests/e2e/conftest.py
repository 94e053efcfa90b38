"""The built wheel, a platform that runs it, and a browser that tells everything."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.e2e.installed import install
from tests.e2e.platform import Platform
from tests.e2e.prepared import Prepared, prepare
from tests.e2e.watched import FLAGS, Tab, new_context

expect.set_options(timeout=30_000)  # a busy machine is no failure


@pytest.hookimpl(tryfirst=True)  # before xdist looks at the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder: one browser and one platform are shared by all of them."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if item.get_closest_marker("xdist_group") is None:
                item.add_marker(pytest.mark.xdist_group("e2e"))
            if "screenshots" in getattr(item, "fixturenames", ()):
                item.add_marker(pytest.mark.picture)


@pytest.fixture(scope="session")
def python() -> Path:
    """A Python in which Tamis is what the wheel brought."""
    return install()


@pytest.fixture(scope="session")
def platform(python: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """The platform that the stories share; each makes a dataset of its own."""
    platform = Platform(python, tmp_path_factory.mktemp("platform") / "data")
    yield platform
    platform.stop()


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """For one file of tests: while Playwright runs, no other test of this process could use asyncio."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def cookies(platform: Platform) -> dict[str, str]:
    """The session of somebody who opened the link that the platform printed."""
    answer = httpx.get(platform.link)
    kept = dict(answer.cookies)
    assert kept, "the link gave no cookie"
    return kept


@pytest.fixture
def open_tab(browser: Browser) -> Iterator[Callable[..., Tab]]:
    """Open tabs; at the end none may have complained."""
    tabs: list[Tab] = []

    def opened(**options: object) -> Tab:
        tabs.append(Tab(new_context(browser, **options)))
        return tabs[-1]

    yield opened
    problems = [problem for tab in tabs for problem in tab.unexpected()]
    for tab in tabs:
        tab.context.close()
    assert not problems, "\n".join(problems)


@pytest.fixture
def tab(platform: Platform, cookies: dict[str, str], open_tab: Callable[..., Tab]) -> Tab:
    """A tab that is signed in, at the first page."""
    tab = open_tab(base_url=platform.url)
    tab.context.add_cookies(
        [{"name": name, "value": value, "url": platform.url} for name, value in cookies.items()]
    )
    tab.page.goto("/")
    return tab


@pytest.fixture(scope="session")
def prepared(platform: Platform, tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """A dataset of emoji. Each story adds tags with names of its own, and takes nothing away."""
    return prepare(platform, "emoji", tmp_path_factory.mktemp("emoji"), 120)


@pytest.fixture
def own(python: Path, tmp_path: Path) -> Iterator[Platform]:
    """A platform for one test alone."""
    platform = Platform(python, tmp_path / "data")
    yield platform
    platform.stop()


@pytest.fixture(scope="session")
def screenshots() -> Path:
    """Where the pictures of the stories go: for `make tour`, into the docs."""
    folder = Path(os.environ.get("TAMIS_TOUR", "build/e2e/screenshots"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder
