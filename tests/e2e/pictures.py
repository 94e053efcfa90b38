"""Real pictures for the stories: the emoji of the demo, and files that are no pictures though they say so."""

import shutil
from pathlib import Path

from demo.emoji import lay_out
from demo.fetch import EMOJI, fetch_npm

CACHE = Path(__file__).resolve().parents[2] / ".cache"
BROKEN = {
    "empty.jpg": b"",
    "letter.png": b"Dear all, this is a letter and no picture.",
    "page.webp": b"<!doctype html><title>not a picture</title>",
}


def copy_emoji(into: Path, n: int) -> list[Path]:
    """Copy `n` of the demo's 1,906 emoji, evenly spread over all of them, into one folder."""
    images = CACHE / "emoji"
    lay_out(fetch_npm(*EMOJI, into=CACHE), images)
    all_of_them = sorted(images.rglob("*.png"))
    into.mkdir(parents=True, exist_ok=True)
    chosen = [all_of_them[(i * len(all_of_them)) // n] for i in range(n)]
    return [shutil.copy(path, into / path.name) for path in chosen]


def write_broken(into: Path) -> list[Path]:
    """Write five files that no decoder reads: two of them are pictures that were cut off."""
    into.mkdir(parents=True, exist_ok=True)
    whole = [path.read_bytes() for path in copy_emoji(into / "whole", 2)]
    shutil.rmtree(into / "whole")
    broken = BROKEN | {f"cut-{i}.png": content[: len(content) // 2] for i, content in enumerate(whole)}
    for name, content in broken.items():
        (into / name).write_bytes(content)
    return [into / name for name in sorted(broken)]
