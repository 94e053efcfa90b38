"""`tamis curate`: the main job, from a folder to a tag and a list."""

import json
import os
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Curated, draw, make_photos, run

pytestmark = pytest.mark.xdist_group("cli")


def paths(listing: Path) -> list[str]:
    return listing.read_text().splitlines()


def test_the_chosen_files_are_listed_and_exist(curated: Curated) -> None:
    assert len(set(paths(curated.chosen))) == 5
    assert all((curated.photos / path).is_file() for path in paths(curated.chosen))


def test_json_tells_everything(curated: Curated) -> None:
    told = curated.first
    assert told["dataset"]["name"] == "photos"
    assert (told["dataset"]["images"], told["new"], told["existing"], told["bad"]) == (12, 12, 0, 0)
    assert told["problems"] == []
    assert told["tag"]["name"] == "representative-5"
    assert told["tag"]["members"] == 5
    assert len(told["tag"]["digest"]) == 64
    assert told["selection"]["strategy"]["strategy"] == "representative"
    assert (told["selection"]["seed"], told["selection"]["keep"], told["selection"]["candidates"]) == (
        0,
        5,
        12,
    )
    assert list(told["stages"]) == ["ingest", "embed", "project", "select"]
    assert told["stages"]["embed"]["images"] == 12
    for draw_kind in ("kept", "random"):
        assert set(told["coverage"][draw_kind]) == {"radius", "mean"}
    assert told["out"] == str(curated.chosen)
    assert told["seconds"] > 0


def test_a_second_run_reads_nothing_and_gives_the_same_tag(curated: Curated, tmp_path: Path) -> None:
    ran = curated.curate("--keep", "5", "--json", "--out", tmp_path / "again.txt")
    told = json.loads(ran.out)
    assert ran.code == 0
    assert (told["new"], told["existing"], told["stages"]["embed"]["images"]) == (0, 12, 0)
    assert told["tag"] == curated.first["tag"]
    assert paths(tmp_path / "again.txt") == paths(curated.chosen)


def test_the_same_command_in_another_data_folder_gives_the_same_digest(curated: Curated, busy: Path) -> None:
    ran = run(busy, "curate", curated.photos, "--keep", "5", "--encoder", "pixels", "--json")
    assert json.loads(ran.out)["tag"]["digest"] == curated.first["tag"]["digest"]


def test_the_summary_is_for_people(curated: Curated) -> None:
    ran = curated.curate("--keep", "5")
    assert ran.code == 0
    assert curated.first["tag"]["digest"] in ran.out
    for word in ("12 images", "representative-5", "Radius", "random", "Reading images", "Encoding", "In all"):
        assert word in ran.out
    assert "Reading images: done" in ran.err


def test_another_seed_is_another_tag_beside_the_first(curated: Curated) -> None:
    def tag(seed: int) -> dict[str, str]:
        ran = curated.curate("--keep", "4", "--strategy", "random", "--seed", str(seed), "--json")
        found: dict[str, str] = json.loads(ran.out)["tag"]
        return found

    first, second = tag(1), tag(2)
    assert (first["name"], second["name"]) == ("random-4", "random-4-2")
    assert first["digest"] != second["digest"]
    assert tag(2) == second


def test_a_name_that_is_taken_by_another_choice_is_refused(curated: Curated) -> None:
    assert curated.curate("--keep", "2", "--name", "mine").code == 0
    ran = curated.curate("--keep", "3", "--name", "mine")
    assert ran.code == 1
    assert "already a tag named 'mine'" in ran.err


def test_parameters_of_the_strategy_can_be_set(curated: Curated) -> None:
    ran = curated.curate("--keep", "3", "--set", "landmarks=100", "--json")
    assert json.loads(ran.out)["selection"]["strategy"]["landmarks"] == 100


def test_with_preselected_files_the_list_has_only_new_ones(curated: Curated, tmp_path: Path) -> None:
    before = paths(curated.chosen)[:3]
    listing = tmp_path / "before.txt"
    listing.write_text(f"{before[0]}\n./{before[1]}\r\n{curated.photos / before[2]}\n\n")
    ran = curated.curate(
        "--keep",
        "4",
        "--strategy",
        "coreset",
        "--preselected",
        listing,
        "--out",
        tmp_path / "new.txt",
        "--json",
    )
    assert ran.code == 0, ran.err
    told = json.loads(ran.out)
    assert (told["tag"]["members"], told["selection"]["keep"], told["selection"]["candidates"]) == (7, 4, 9)
    assert len(paths(tmp_path / "new.txt")) == 4
    assert not set(before) & set(paths(tmp_path / "new.txt"))


def test_a_preselected_path_that_no_image_can_have_is_told_before_any_work(
    photos: Path, tmp_path: Path
) -> None:
    (tmp_path / "before.txt").write_text("a.jpg\n../b.jpg\n")
    ran = run(tmp_path / "data", "curate", photos, "--keep", "3", "--preselected", tmp_path / "before.txt")
    assert (ran.code, (tmp_path / "data").exists()) == (2, False)
    assert f"The list '{tmp_path / 'before.txt'}' holds '../b.jpg'. The file name must be relative" in ran.err


def test_a_preselected_file_that_is_not_there_is_named(curated: Curated, tmp_path: Path) -> None:
    (tmp_path / "before.txt").write_text("missing.jpg\n")
    ran = curated.curate("--keep", "4", "--preselected", tmp_path / "before.txt")
    assert ran.code == 1
    assert "missing.jpg" in ran.err


def test_new_images_are_added_to_the_same_dataset(photos: Path, busy: Path) -> None:
    command = ("curate", photos, "--keep", "3", "--encoder", "pixels", "--json")
    first = json.loads(run(busy, *command).out)
    draw(photos / "new.jpg", 99)
    second = json.loads(run(busy, *command).out)
    assert (second["new"], second["existing"], second["dataset"]["images"]) == (1, 12, 13)
    assert second["dataset"]["id"] == first["dataset"]["id"]
    assert second["tag"]["name"] == "representative-3-2"


def test_two_folders_of_one_name_are_two_datasets(tmp_path: Path, busy: Path) -> None:
    names = []
    for place in ("a", "b"):
        folder = make_photos(tmp_path / place / "twins", 3)
        ran = run(busy, "curate", folder, "--keep", "1", "--encoder", "pixels", "--json")
        names.append(json.loads(ran.out)["dataset"]["name"])
    assert names == ["twins", "twins-2"]


def test_bad_files_are_told_and_the_exit_code_is_3(photos: Path, busy: Path) -> None:
    for number in range(7):
        (photos / f"bad-{number}.jpg").write_text("not an image")
    ran = run(busy, "curate", photos, "--keep", "3", "--encoder", "pixels")
    assert ran.code == 3
    assert "7 files were refused" in ran.err
    assert "bad-0.jpg: " in ran.err and "bad-6.jpg" not in ran.err
    assert f"and 2 more: tamis dataset show '{photos.name}' --problems" in ran.err
    shown = run(busy, "dataset", "show", photos.name, "--problems")
    assert "bad-6.jpg: " in shown.out
    again = run(busy, "curate", photos, "--keep", "3", "--encoder", "pixels", "--json")
    assert (again.code, json.loads(again.out)["bad"]) == (3, 7)


def test_a_name_that_is_not_utf8_comes_out_as_it_is(photos: Path, busy: Path, tmp_path: Path) -> None:
    odd = b"caf\xe9.jpg" if sys.platform == "linux" else "caf\xe9.jpg".encode()  # others refuse the first
    (photos / os.fsdecode(odd)).write_bytes((photos / "01.jpg").read_bytes())
    ran = run(busy, "curate", photos, "--keep", "13", "--encoder", "pixels", "--out", tmp_path / "out.txt")
    assert ran.code == 0, ran.err
    lines = (tmp_path / "out.txt").read_bytes().splitlines()
    assert odd in lines and len(lines) == 13
    listed = run(busy, "export", "representative-13", "--list", "--dataset", photos.name)
    assert listed.raw.splitlines() == lines
    copied = run(busy, "export", "representative-13", "--to", tmp_path / "copy", "--dataset", photos.name)
    assert copied.code == 0
    assert odd in {os.fsencode(path.name) for path in (tmp_path / "copy").iterdir()}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--strategy", "corset"), "Did you mean 'coreset'?"),
        (("--encoder", "lite"), "did you mean 'lite0'?"),
        (("--projection", "tsn"), "did you mean 'tsne'?"),
        (("--set", "landmark=5"), "landmark"),
        (("--set", "landmarks=x"), "landmarks"),
        (("--set", "landmarks"), "NAME=VALUE"),
        (("--name", ""), "1 to 100 characters"),
        (("--preselected", "nowhere.txt"), "nowhere.txt"),
        (("--out", "nowhere/out.txt"), "nowhere/out.txt"),
        (("--keep", "0"), "--keep"),
        (("--seed", "-1"), "--seed"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_wrong_command_line_is_told_before_anything_is_made(
    photos: Path, data: Path, arguments: tuple[str, ...], says: str
) -> None:
    ran = run(data, "curate", photos, "--keep", "3", *arguments)
    assert ran.code == 2
    assert says in ran.err and "Traceback" not in ran.err
    assert ran.out == ""
    assert not data.exists()


def test_a_wrong_folder_is_told_before_anything_is_made(photos: Path, data: Path) -> None:
    missing = run(data, "curate", photos / "nowhere", "--keep", "3")
    file = run(data, "curate", photos / "01.jpg", "--keep", "3")
    inside = run(photos / "data", "curate", photos, "--keep", "3")
    assert (missing.code, file.code, inside.code) == (2, 2, 2)
    assert "There is no folder" in missing.err
    assert "is not a folder" in file.err
    assert "--data" in inside.err
    assert not data.exists() and not (photos / "data").exists()


def test_a_data_folder_that_is_something_else_is_refused(photos: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other/thesis.tex").write_text("")
    ran = run(tmp_path / "other", "curate", photos, "--keep", "3")
    assert ran.code == 1
    assert "holds other files" in ran.err
    assert [entry.name for entry in (tmp_path / "other").iterdir()] == ["thesis.tex"]


def test_a_data_folder_that_can_not_be_made_is_told(photos: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    ran = run(tmp_path / "file/data", "curate", photos, "--keep", "3")
    assert ran.code == 1
    assert "cannot be used: Not a directory." in ran.err and len(ran.err.splitlines()) == 1


def test_more_than_there_is_can_not_be_kept(photos: Path, busy: Path) -> None:
    ran = run(busy, "curate", photos, "--keep", "13", "--encoder", "pixels")
    assert ran.code == 1
    assert "12 readable images" in ran.err and "at most 12" in ran.err


def test_a_folder_without_a_readable_image_leaves_no_dataset(tmp_path: Path, busy: Path) -> None:
    folder = tmp_path / "unreadable"
    folder.mkdir()
    (folder / "notes.txt").write_text("no image")
    empty = run(busy, "curate", folder, "--keep", "1")
    (folder / "a.jpg").write_text("no image either")
    bad = run(busy, "curate", folder, "--keep", "1")
    assert (empty.code, bad.code) == (1, 1)
    assert f"There are no images in '{folder}'." in empty.err
    assert "None of the 1 image files" in bad.err and "a.jpg: " in bad.err
    names = [dataset["name"] for dataset in json.loads(run(busy, "dataset", "list", "--json").out)]
    assert "unreadable" not in names
