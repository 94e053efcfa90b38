"""The words of the app in one place: what people read and press, as roles and names."""

import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.e2e.gestures import drop

LONG_MS = 90_000  # for what a worker does on a busy machine


class Desk:
    """One page of the app, and the ways around in it."""

    def __init__(self, page: Page) -> None:
        self.page = page

    # Ways around

    def datasets(self) -> None:
        """Go to the first page, and wait for it."""
        self.page.goto("/")
        expect(self.heading("My Datasets")).to_be_visible()

    def open(self, dataset_id: str, part: str, **view: str) -> None:
        """Go to a page of a dataset, by its address."""
        query = "&".join(f"{name}={value}" for name, value in view.items())
        self.page.goto(f"/datasets/{dataset_id}/{part}" + (f"?{query}" if query else ""))
        expect(self.tree).to_be_visible()

    def turn_to(self, part: str) -> None:
        """Go to another page of the same dataset, by the left column."""
        self.page.get_by_role("navigation", name="Dataset").get_by_role("link", name=part).click()
        expect(self.page).to_have_url(re.compile(rf"/{part.lower()}"))

    @property
    def dataset_id(self) -> str:
        """The dataset that the address names."""
        found = re.search(r"/datasets/([0-9a-f]{24})/", self.page.url)
        assert found, f"{self.page.url} names no dataset"
        return found.group(1)

    # What there is on the pages

    def heading(self, name: str) -> Locator:
        return self.page.get_by_role("heading", name=name)

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    @property
    def tree(self) -> Locator:
        return self.page.get_by_role("tree", name="Tags")

    def tag(self, name: str) -> Locator:
        """A tag in the tree."""
        return self.tree.get_by_role("treeitem").filter(has=self.page.get_by_text(name, exact=True))

    @property
    def active(self) -> Locator:
        """How many samples are active, as in "12 of 60 active"."""
        return self.page.get_by_test_id("active-count")

    @property
    def name_field(self) -> Locator:
        return self.page.get_by_role("textbox", name="Name of the new tag")

    @property
    def grid(self) -> Locator:
        return self.page.get_by_role("grid")

    def cells(self) -> Locator:
        return self.grid.get_by_role("gridcell")

    def expect_pictures(self) -> None:
        """Wait until every image in sight is drawn."""
        expect(self.cells().first.locator("img")).to_be_visible()
        self.page.wait_for_function(
            """() => [...document.querySelectorAll('[role=grid] img')]
              .every((image) => image.complete && image.naturalWidth > 0)"""
        )

    # What people do

    def create(self, name: str) -> str:
        """Make a dataset from the first page; return its id."""
        self.datasets()
        self.button("Create a new dataset").click()
        self.page.get_by_role("textbox", name="Name").fill(name)
        self.button("Create").click()
        expect(self.page).to_have_url(re.compile(r"/datasets/[0-9a-f]{24}/overview"))
        return self.dataset_id

    def drop(self, paths: list[Path]) -> None:
        """Drop files or folders onto the upload field of the overview."""
        drop(self.page.get_by_role("region", name="Drop images or folders here"), paths)

    def choose_strategy(self, title: str) -> None:
        """Choose a strategy on the sampling page."""
        self.page.get_by_role("button", name=re.compile("^Strategy ")).click()
        self.page.get_by_role("dialog").get_by_role("radio", name=re.compile(f"^{re.escape(title)}")).check()
        self.page.keyboard.press("Escape")

    def process(self, n: int) -> None:
        """Rank `n` images of the selected tag, and wait until the slider stands there."""
        field = self.page.get_by_role("textbox", name="How many images to rank")
        field.fill(str(n))
        self.button("Process").click()
        expect(self.slider).to_have_attribute("aria-valuenow", str(n), timeout=LONG_MS)

    @property
    def plot(self) -> Locator:
        return self.page.get_by_role("application", name="Plot of the embedding")

    @property
    def slider(self) -> Locator:
        return self.page.get_by_role("slider", name="Images to keep")

    @property
    def upload(self) -> Locator:
        """How far the upload of this tab is."""
        return self.page.get_by_test_id("upload")

    def expect_uploaded(self) -> None:
        """Wait until the upload of this tab has ended well."""
        expect(self.upload).to_have_attribute("data-state", "done", timeout=LONG_MS)
