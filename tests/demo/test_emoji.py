"""The emoji come out of the package under names that people can read."""

import json
from pathlib import Path

from demo import emoji


def package(folder: Path) -> Path:
    entries = [
        {"name": "GRINNING FACE", "short_name": "grinning", "category": "Smileys & Emotion"},
        {"name": "THUMBS UP SIGN", "short_name": "+1", "category": "People & Body"},
        {
            "name": "HAND WITH INDEX FINGER AND THUMB CROSSED",
            "short_name": "hand",
            "category": "People & Body",
        },
        {"name": "SKIN TONE", "short_name": "skin-tone-2", "category": "Component"},
        {"name": "NOT DRAWN", "short_name": "none", "category": "Flags", "has_img_google": False},
    ]
    (folder / "img/google/64").mkdir(parents=True)
    for entry in entries:
        entry |= {"subcategory": "sub", "image": f"{entry['short_name']}.png"}
        entry.setdefault("has_img_google", True)
        (folder / "img/google/64" / str(entry["image"])).write_bytes(str(entry["name"]).encode())
    (folder / "emoji.json").write_text(json.dumps(entries))
    return folder


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.png")}


def test_emoji_are_laid_out_by_category_and_name(tmp_path: Path) -> None:
    metadata = emoji.lay_out(package(tmp_path / "package"), tmp_path / "images")
    assert list(metadata) == [
        "people-and-body/+1.png",
        "people-and-body/hand.png",
        "smileys-and-emotion/grinning.png",
    ]
    assert metadata["people-and-body/hand.png"] == {
        "name": "Hand with Index Finger and Thumb Crossed",
        "category": "People & Body",
        "subcategory": "sub",
    }
    assert files(tmp_path / "images").keys() == metadata.keys()
    assert files(tmp_path / "images")["people-and-body/+1.png"] == b"THUMBS UP SIGN"


def test_a_complete_folder_is_left_alone_and_an_incomplete_one_mended(tmp_path: Path) -> None:
    source, images = package(tmp_path / "package"), tmp_path / "images"
    emoji.lay_out(source, images)
    before = (images / "people-and-body/+1.png").stat().st_ctime_ns
    emoji.lay_out(source, images)
    assert (images / "people-and-body/+1.png").stat().st_ctime_ns == before
    (images / "people-and-body/+1.png").unlink()
    emoji.lay_out(source, images)
    assert len(files(images)) == 3
