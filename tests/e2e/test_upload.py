"""Somebody drops images: the numbers become right, and what is broken is named."""

from pathlib import Path

from playwright.sync_api import expect

from tests.e2e.desk import LONG_MS, Desk
from tests.e2e.gestures import drop, photograph
from tests.e2e.pictures import copy_emoji, write_broken
from tests.e2e.platform import Platform
from tests.e2e.watched import Tab


def in_words(size_bytes: int) -> str:
    """Say a size between 1 kB and 1 MB as the app does."""
    kilobytes = size_bytes / 1000
    text = f"{kilobytes:.0f}" if kilobytes >= 99.5 else f"{kilobytes:.1f}".removesuffix(".0")
    return f"{text} kB"


def test_sixty_dropped_files_of_which_five_are_broken(
    tab: Tab, platform: Platform, tmp_path: Path, screenshots: Path
) -> None:
    good, broken = copy_emoji(tmp_path / "good", 55), write_broken(tmp_path / "broken")
    total = in_words(sum(path.stat().st_size for path in good))
    page, desk = tab.page, Desk(tab.page)
    dataset_id = desk.create("sixty")
    desk.drop([*good, *broken])
    desk.expect_uploaded()
    expect(desk.upload).to_contain_text("55 images added, 5 could not be read.")
    refused = page.get_by_role("list", name="Files that were not added").get_by_role("listitem")
    expect(refused).to_have_count(5)
    for path in broken:
        expect(refused.filter(has_text=path.name)).to_have_count(1)
    expect(page.get_by_test_id("n-images")).to_have_text("55")
    expect(page.get_by_test_id("total-size")).to_have_text(total)
    expect(page.get_by_test_id("ready")).to_be_visible(timeout=LONG_MS)
    photograph(page, screenshots / "upload.webp")
    with platform.client() as client:
        assert {each.file_name for each in client.samples(dataset_id)} == {path.name for path in good}
        assert [(tag.name, tag.n_members) for tag in client.tags(dataset_id)] == [("initial-tag", 55)]

    sent = len(tab.asked("/files$"))
    desk.drop(good)  # again: it is there already, and no byte is sent twice
    expect(desk.upload).to_contain_text("0 images added, 55 were there already.")
    expect(page.get_by_test_id("n-images")).to_have_text("55")
    assert len(tab.asked("/files$")) == sent

    expect(desk.active).to_have_text("55 of 55 active")
    more = copy_emoji(tmp_path / "more", 60)[55:]
    drop(desk.heading("sixty"), more)  # all of the page takes them; what is shown grows with the dataset
    expect(desk.upload).to_contain_text("5 images added.")
    expect(desk.active).to_have_text("60 of 60 active")
    expect(desk.tag("upload-2")).to_have_attribute("aria-selected", "true")


def test_a_dropped_folder_keeps_its_folders(tab: Tab, platform: Platform, tmp_path: Path) -> None:
    copy_emoji(tmp_path / "trip/day 1", 3)
    copy_emoji(tmp_path / "trip/day 2/hills", 2)
    (tmp_path / "trip/notes.txt").write_text("no image")
    desk = Desk(tab.page)
    dataset_id = desk.create("trip")
    desk.drop([tmp_path / "trip"])
    desk.expect_uploaded()
    expect(desk.upload).to_contain_text("5 images added.")
    expect(desk.upload).to_contain_text("1 other file left out")
    names = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.png")}
    with platform.client() as client:
        assert {each.file_name for each in client.samples(dataset_id)} == names


def test_a_folder_chosen_in_the_dialog(tab: Tab, platform: Platform, tmp_path: Path) -> None:
    copy_emoji(tmp_path / "chosen/inner", 4)
    desk = Desk(tab.page)
    dataset_id = desk.create("chosen")
    with tab.page.expect_file_chooser() as chooser:
        desk.button("Choose a folder").click()
    chooser.value.set_files(tmp_path / "chosen")
    desk.expect_uploaded()
    expect(tab.page.get_by_test_id("n-images")).to_have_text("4")
    with platform.client() as client:
        assert all(each.file_name.startswith("chosen/inner/") for each in client.samples(dataset_id))
