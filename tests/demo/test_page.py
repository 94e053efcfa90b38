"""The page in a real browser: no requests, keyboard, and contrast in both themes."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from demo.page import page as make_page
from tests.demo.results import result
from tests.e2e.watched import FLAGS

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
# The contrast of every element with text of its own against the first opaque background behind it (WCAG).
CONTRAST = """() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgb = (colour) => {
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
    .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = rgb(getComputedStyle(at).backgroundColor);
      if (colour[3] === 255) return colour;
    }
    return [255, 255, 255, 255];
  };
  return [...document.body.querySelectorAll("*")]
    .filter((e) => !e.closest("script, svg") && e.checkVisibility())
    .filter((e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim()))
    .map((e) => {
      const [a, b] = [light(rgb(getComputedStyle(e).color)), light(behind(e))];
      return [(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), e.outerHTML.slice(0, 80)];
    });
}"""


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


class Opened:
    """The page and all that the browser said while it was open."""

    def __init__(self, browser: Browser, file: Path, scheme: Any, width: int) -> None:
        self.context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 900})
        self.page: Page = self.context.new_page()
        self.said: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(file.as_uri())


@pytest.fixture(params=[("light", 1280), ("dark", 1280), ("light", 390), ("dark", 390)], ids=str)
def opened(request: pytest.FixtureRequest, browser: Browser, tmp_path: Path) -> Iterator[Opened]:
    file = tmp_path / "index.html"
    file.write_text(make_page(result(), "tamis curate <dir> --keep 12"), encoding="utf-8")
    opened = Opened(browser, file, *request.param)
    yield opened
    opened.context.close()


def test_the_page_is_whole_and_quiet(opened: Opened) -> None:
    page = opened.page
    sizes = page.eval_on_selector_all("img", "all => all.map((each) => each.naturalWidth)")
    assert len(sizes) == 12
    assert min(sizes) > 0
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.inner_text("h1").split() == ["12", "of", "200", "images", "kept"]
    assert page.get_attribute("#sheet img", "alt") == "<b>&\"'.png"
    assert page.title() == "birds & <bees> · Tamis"
    assert opened.said == []
    assert [url for url in opened.asked if not url.startswith(("file:", "data:"))] == []
    assert len([url for url in opened.asked if url.startswith("file:")]) == 1


def test_every_text_has_the_contrast_of_aa(opened: Opened) -> None:
    measured = opened.page.evaluate(CONTRAST)
    assert len(measured) > 40
    assert [(round(ratio, 2), text) for ratio, text in measured if ratio < 4.5] == []


def test_kept_points_stand_out_from_the_panel(opened: Opened) -> None:
    colours = opened.page.evaluate(
        """() => [".dot", ".others", ".plot"].map((each) => getComputedStyle(document.querySelector(each)))
            .map((style, i) => [style.fill, style.stroke, style.backgroundColor][i])"""
    )
    red, grey, panel = (luminance(colour) for colour in colours)
    assert contrast(red, panel) >= 3
    assert contrast(grey, panel) >= 1.8


def test_the_slider_keeps_fewer_by_keyboard(opened: Opened) -> None:
    page = opened.page
    page.focus("#keep")
    for _ in range(7):
        page.keyboard.press("ArrowLeft")
    assert page.inner_text("h1 strong") == "5"
    assert page.locator("#sheet li:not(.off)").count() == 5
    assert page.locator("#dots .dot:not(.off)").count() == 5
    assert page.inner_text("[data-rest]") == "195"
    assert page.inner_text("#radius [data-value]") == "0.60"
    assert page.get_attribute("#keep", "aria-valuetext") == "5 images kept"


def test_an_image_and_its_point_show_each_other(opened: Opened) -> None:
    page = opened.page
    page.focus("#sheet li")
    page.keyboard.press("ArrowRight")
    assert page.locator("#dots .hot").get_attribute("data-rank") == "2"
    assert re.search(r"rank 2 · 0\.40", page.inner_text("#tip"))
    page.locator('#dots [data-rank="5"]').dispatch_event("pointerover")
    assert page.locator("#sheet li.hot .cap b").inner_text() == "5"


def luminance(colour: str) -> float:
    channels = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(a: float, b: float) -> float:
    return (max(a, b) + 0.05) / (min(a, b) + 0.05)
