"""The first screen of a dataset with 2,000 images costs what it shows, and the server stays small."""

import gzip
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import expect

from benchmarks.images import photos
from tests.e2e.desk import Desk
from tests.e2e.platform import Platform
from tests.e2e.watched import Tab

pytestmark = pytest.mark.xdist_group("e2e-large")  # its platform is its own: it may run beside the others
IMAGES, DRAWN = 2000, 60
MOST_REQUESTS, MOST_THUMBNAIL_BYTES, MOST_SCRIPT_BYTES = 20, 400_000, 300_000
MOST_RESIDENT_BYTES = 250_000_000
HEAVY = ("torch", "numba", "llvmlite", "onnxruntime")


@pytest.fixture(scope="module")
def large(python: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """A folder of 2,000 photos of 640 x 480, read in place."""
    folder = tmp_path_factory.mktemp("large") / "photos"
    folder.mkdir()
    drawn = sorted(photos(DRAWN).glob("*.jpg"))
    for number in range(IMAGES):
        os.link(drawn[number % DRAWN], folder / f"IMG_{number:04d}.jpg")
    platform = Platform(python, folder.parent / "data", "--root", folder)
    with platform.client() as client:  # read, and neither encoded nor plotted: no news are among the requests
        (root,) = client.roots()
        client.wait(client.ingest(client.create_dataset("photos", root.id).id))
    yield platform
    platform.stop()


def test_the_first_screen_is_light(large: Platform, open_tab: Callable[..., Tab]) -> None:
    with large.client() as client:
        (dataset,) = client.datasets()
    tab = open_tab(base_url=large.url)
    tab.page.goto(large.link)
    tab.page.close()

    tab.responses.clear()
    desk = Desk(tab.new_page())
    desk.open(dataset.id, "browse")
    desk.expect_pictures()
    shown = desk.cells().count()
    answers = [answer for answer in tab.responses if answer.url.startswith("http")]  # none of its own blobs
    thumbnails = [answer for answer in answers if re.search("/thumbnails?", answer.url)]
    scripts = [answer for answer in answers if "javascript" in answer.headers.get("content-type", "")]
    thumbnail_bytes = sum(len(answer.body()) for answer in thumbnails)
    script_bytes = sum(len(gzip.compress(answer.body())) for answer in scripts)
    print(
        f" [{len(answers)} requests, {thumbnail_bytes / 1e3:.0f} kB of thumbnails for {shown} cells, "
        f"{script_bytes / 1e3:.0f} kB of JavaScript gzipped] "
    )
    assert shown >= 30
    tab.responses.clear()
    desk.open(dataset.id, "overview")
    expect(desk.page.get_by_test_id("n-images")).to_have_text(f"{IMAGES:,}")
    expect(desk.active).to_have_text(f"{IMAGES:,} of {IMAGES:,} active")
    assert len([each for each in tab.responses if each.url.startswith("http")]) < MOST_REQUESTS
    assert len(answers) < MOST_REQUESTS
    assert thumbnail_bytes < MOST_THUMBNAIL_BYTES
    assert script_bytes <= MOST_SCRIPT_BYTES


def test_the_server_stays_small(large: Platform) -> None:
    assert large.process is not None
    server = psutil.Process(large.process.pid)
    resident = server.memory_info().rss
    loaded = [
        path for path in {each.path for each in server.memory_maps()} if re.search("|".join(HEAVY), path)
    ]
    print(f" [{resident / 1e6:.0f} MB resident] ")
    assert loaded == []
    assert resident < MOST_RESIDENT_BYTES
