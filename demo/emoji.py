"""The demo's images: Google's base emoji (no skin-tone variants), 64 px, in one folder per category."""

import json
import os
import re
import shutil
from pathlib import Path

SMALL_WORDS = re.compile(r"(?<!^)\b(And|Of|The|With|In|On|For|No)\b")


def base_emoji(package: Path) -> dict[str, dict[str, str]]:
    """Return file name -> facts of every base emoji that Google drew, in the order of the file names."""
    entries = json.loads((package / "emoji.json").read_text(encoding="utf-8"))
    facts = {
        f"{_slug(entry['category'])}/{entry['short_name']}.png": {
            "name": SMALL_WORDS.sub(lambda word: word.group().lower(), entry["name"].title()),
            "category": entry["category"],
            "subcategory": entry["subcategory"],
            "image": entry["image"],
        }
        for entry in entries
        if entry["has_img_google"] and entry["category"] != "Component"  # the five skin-tone swatches
    }
    return dict(sorted(facts.items()))


def lay_out(package: Path, into: Path) -> dict[str, dict[str, str]]:
    """Put every base emoji under its own name into `into`; return file name -> metadata.

    Files are hard links where the file system allows. A folder that is complete is left alone.
    """
    metadata = base_emoji(package)
    pictures = {name: package / "img/google/64" / facts.pop("image") for name, facts in metadata.items()}
    present = {str(path.relative_to(into)) for path in into.rglob("*.png")}
    if present != set(pictures):
        shutil.rmtree(into, ignore_errors=True)
        for name, picture in pictures.items():
            (into / name).parent.mkdir(parents=True, exist_ok=True)
            _link(picture, into / name)
    return metadata


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # another file system, or one without hard links
        shutil.copyfile(source, target)


def _slug(words: str) -> str:
    return re.sub(r"[^a-z]+", "-", words.lower().replace("&", "and")).strip("-")
