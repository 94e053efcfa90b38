"""The other commands, each against a real data folder."""

import hashlib
import json
import os
from pathlib import Path

import pytest

from tamis.services import ingest, tags
from tamis.store.store import open_store
from tests import made
from tests.cli.conftest import Curated, Ran, draw, make_photos, run

pytestmark = pytest.mark.xdist_group("cli")


def test_datasets_are_listed(curated: Curated) -> None:
    ran = curated.run("dataset", "list")
    assert ran.out.splitlines()[0].split() == ["Name", "Images", "Refused", "MB", "Made"]
    assert ran.out.splitlines()[1].split()[:3] == ["photos", "12", "0"]
    (one,) = json.loads(curated.run("dataset", "list", "--json").out)
    assert (one["name"], one["n_samples"]) == ("photos", 12)


def test_a_dataset_is_shown_by_name_or_id(curated: Curated) -> None:
    told = json.loads(curated.run("dataset", "show", "photos", "--json").out)
    assert {"initial-tag", "representative-5"} <= {tag["name"] for tag in told["tags"]}
    assert {embedding["kind"] for embedding in told["embeddings"]} == {"full", "pca"}
    assert "problems" not in told
    shown = curated.run("dataset", "show", told["id"])
    assert "representative-5" in shown.out


def test_a_dataset_that_is_not_there_is_answered_with_the_nearest(curated: Curated) -> None:
    ran = curated.run("dataset", "show", "fotos")
    assert ran.code == 1
    assert "There is no dataset 'fotos'. Did you mean 'photos'?" in ran.err


def test_tags_are_listed(curated: Curated) -> None:
    ran = curated.run("tag", "list")
    rows = {line.split()[0]: line.split() for line in ran.out.splitlines()[1:]}
    assert rows["initial-tag"][1:3] == ["12", "initial"]
    assert rows["representative-5"][1:4] == ["5", "selection", "initial-tag"]
    names = [tag["name"] for tag in json.loads(curated.run("tag", "list", "--json").out)]
    assert names[:2] == ["initial-tag", "representative-5"]


def test_a_tag_is_shown_by_name_or_digest(curated: Curated) -> None:
    digest = curated.first["tag"]["digest"]
    by_name = curated.run("tag", "show", "representative-5", "--dataset", "photos")
    by_digest = curated.run("tag", "show", digest[:12])
    assert by_name.out == by_digest.out
    assert digest in by_name.out and "representative (" in by_name.out
    assert json.loads(curated.run("tag", "show", "representative-5", "--json").out)["digest"] == digest
    assert "Did you mean 'initial-tag'?" in curated.run("tag", "show", "initial-tags").err


def test_a_tag_is_exported_as_a_list_best_first(curated: Curated) -> None:
    ran = curated.run("export", "representative-5", "--list")
    assert ran.code == 0
    assert ran.raw == curated.chosen.read_bytes()


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_tag_is_exported_as_copies_in_the_same_folders(curated: Curated, tmp_path: Path) -> None:
    target = tmp_path / "a/copy"
    ran = curated.run("export", "initial-tag", "--to", target)
    assert ran.code == 0, ran.err
    assert "Copied 12 images" in ran.out
    assert files(target) == files(curated.photos)
    again = curated.run("export", "initial-tag", "--to", target)
    assert "Copied 0 images" in again.out and "12 were there already" in again.out


def test_a_folder_whose_name_is_no_utf_8_is_exported_from(tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode(b"fot\xe9s")
    with open_store(tmp_path / "data") as store:
        dataset_id = made.dataset_in_place(store, folder)
        (folder / "a.jpg").write_bytes(b"a.jpg")
        ingest.commit(store, dataset_id, made.JOB, [made.taken(b"a.jpg")], {})
        tags.close_upload(store, dataset_id)
    ran = run(tmp_path / "data", "export", "initial-tag", "--to", tmp_path / "copy")
    assert (ran.code, (tmp_path / "copy/a.jpg").read_bytes()) == (0, b"a.jpg")


def test_an_export_never_replaces_a_file(curated: Curated, tmp_path: Path) -> None:
    (tmp_path / "05.jpg").write_text("mine")
    ran = curated.run("export", "initial-tag", "--to", tmp_path)
    assert ran.code == 1
    assert "is another file" in ran.err
    assert files(tmp_path) == {"05.jpg": b"mine"}


def test_an_export_goes_one_way_or_the_other(curated: Curated, tmp_path: Path) -> None:
    assert curated.run("export", "initial-tag").code == 2
    assert curated.run("export", "initial-tag", "--list", "--to", tmp_path).code == 2


def test_an_export_of_images_that_are_gone_copies_nothing(photos: Path, busy: Path, tmp_path: Path) -> None:
    assert run(busy, "curate", photos, "--keep", "3", "--encoder", "pixels").code == 0
    (photos / "01.jpg").unlink()
    ran = run(busy, "export", "initial-tag", "--to", tmp_path / "copy", "--dataset", photos.name)
    assert ran.code == 1
    assert "1 images are gone" in ran.err and "01.jpg" in ran.err
    assert not (tmp_path / "copy").exists()


def test_a_tag_is_renamed_and_removed(busy: Path, photos: Path) -> None:
    curate = ("curate", photos, "--keep", "2", "--encoder", "pixels", "--seed", "5", "--name")
    assert run(busy, *curate, "week 12").code == 0
    inside = ("--dataset", photos.name)
    taken = run(busy, "tag", "rename", "week 12", "initial-tag", *inside)
    assert taken.code == 1 and "'initial-tag'" in taken.err
    wrong = run(busy, "tag", "rename", "week 12", "a\tb", *inside)
    assert wrong.code == 1 and "U+0009" in wrong.err
    renamed = run(busy, "tag", "rename", "week 12", "week 13", *inside)
    assert renamed.code == 0 and "'week 13'" in renamed.out
    for no in ("n\n", "\n", ""):
        refused = run(busy, "tag", "remove", "week 13", *inside, stdin=no)
        assert refused.code == 1 and refused.out == "" and "[y/N]" in refused.err
    removed = run(busy, "tag", "remove", "week 13", *inside, stdin="Yes\n")
    assert removed.code == 0 and removed.out == "Removed the tag 'week 13'. Its images are where they were.\n"
    assert run(busy, "tag", "show", "week 13", *inside).code == 1
    kept = run(busy, "tag", "remove", "initial-tag", "--yes", *inside)
    assert kept.code == 1 and "tells what was uploaded" in kept.err


def test_a_dataset_is_removed_and_its_images_stay(tmp_path: Path, busy: Path) -> None:
    folders = [make_photos(tmp_path / name, 2) for name in ("one", "two")]
    for folder in folders:
        assert run(busy, "curate", folder, "--keep", "1", "--encoder", "pixels").code == 0
    several = run(busy, "tag", "list")
    assert several.code == 2 and "one, two" in several.err
    assert run(busy, "dataset", "rename", "one", "two").code == 1
    renamed = run(busy, "dataset", "rename", "one", "first")
    assert renamed.code == 0 and "'first'" in renamed.out
    again = run(busy, "curate", folders[0], "--keep", "1", "--encoder", "pixels", "--json")
    assert json.loads(again.out)["dataset"]["name"] == "first"  # found by its folder
    assert run(busy, "dataset", "rename", "first", "one").code == 0
    refused = run(busy, "dataset", "remove", "one", stdin="n\n")
    assert refused.code == 1
    removed = run(busy, "dataset", "remove", "one", "--yes")
    assert removed.code == 0 and "Removed" in removed.out
    names = [dataset["name"] for dataset in json.loads(run(busy, "dataset", "list", "--json").out)]
    assert "two" in names and "one" not in names
    assert len(files(folders[0])) == 2


@pytest.mark.parametrize(
    "arguments", [("dataset", "list"), ("tag", "list"), ("export", "x", "--list"), ("dataset", "show", "x")]
)
def test_a_data_folder_that_is_not_there_is_not_made(data: Path, arguments: tuple[str, ...]) -> None:
    ran = run(data, *arguments)
    assert ran.code == 1
    assert "There is no data folder at" in ran.err
    assert not data.exists()


def test_the_data_folder_of_the_option_goes_before_the_variable(curated: Curated, data: Path) -> None:
    ran = run(data, "dataset", "list", "--data", curated.data)
    assert "photos" in ran.out


def test_the_doctor_finds_nothing_in_a_sound_data_folder(curated: Curated) -> None:
    ran = curated.run("doctor")
    assert ran.code == 0, ran.err
    assert "Nothing is wrong." in ran.out and str(curated.data) in ran.out
    told = json.loads(curated.run("doctor", "--json").out)
    assert told["findings"] == []
    assert {"tamis", "python", "data", "free space"} <= set(told["facts"])


def test_the_doctor_finds_a_lost_thumbnail(photos: Path, busy: Path) -> None:
    draw(photos / "only-here.jpg", 4711)
    assert run(busy, "curate", photos, "--keep", "3", "--encoder", "pixels").code == 0
    sha256 = hashlib.sha256((photos / "only-here.jpg").read_bytes()).hexdigest()
    (lost,) = (busy / "thumbnails").rglob(f"{sha256}.jpg")
    kept = lost.read_bytes()
    lost.unlink()
    ran, told = run(busy, "doctor"), run(busy, "doctor", "--json")
    lost.write_bytes(kept)
    assert (ran.code, told.code) == (1, 1)
    assert "thumbnail" in ran.err
    assert len(json.loads(told.out)["findings"]) == 1
    assert run(busy, "doctor").code == 0


def test_the_doctor_needs_no_data_folder(data: Path) -> None:
    ran = run(data, "doctor")
    assert ran.code == 0
    assert "not made yet" in ran.out
    assert not data.exists()


def test_an_unexpected_error_is_one_sentence_and_a_log(data: Path) -> None:
    with open_store(data):
        pass
    (data / "tamis.sqlite").write_bytes(b"this is no database" * 1000)
    for leftover in data.glob("tamis.sqlite-*"):
        leftover.unlink()

    def check(ran: Ran) -> None:
        assert ran.code == 1
        assert "Something went wrong inside Tamis" in ran.err
        assert str(data / "run" / "tamis-cli.log") in ran.err

    quiet = run(data, "dataset", "list")
    check(quiet)
    assert len(quiet.err.splitlines()) == 1
    assert "Traceback" in (data / "run/tamis-cli.log").read_text()
    loud = run(data, "dataset", "list", TAMIS_DEBUG="1")
    check(loud)
    assert "Traceback" in loud.err


def test_a_wrong_variable_is_named(data: Path) -> None:
    ran = run(data, "dataset", "list", TAMIS_LOG_LEVEL="loud")
    assert ran.code == 2
    assert "TAMIS_LOG_LEVEL" in ran.err
