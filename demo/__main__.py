"""`make demo`: fetch real images, curate them by the real command, and show what was chosen."""

import argparse
import json
import os
import shlex
import subprocess
import sys
import webbrowser
from pathlib import Path
from typing import Any

from demo import collect, draw, emoji
from demo.fetch import EMOJI, FetchError, fetch_npm
from demo.page import page
from demo.result import Result
from tamis.cli.door import open_door
from tamis.cli.options import load_settings
from tamis.client import Client

HOME = Path(".demo")
CACHE = Path(".cache")  # shared with the tests and the benchmarks
BAD_FILES = 3  # the exit code of `tamis curate` when some files were refused


def main() -> int:
    """Run the demo; the folder .demo keeps everything, so that a second run is quick."""
    arguments = parsed()
    HOME.mkdir(exist_ok=True)
    metadata: dict[str, dict[str, str]] = {}
    folder = arguments.images or HOME / "images"
    if arguments.images is None:
        try:
            metadata = emoji_images(folder)
        except FetchError as error:
            print(f"The demo images could not be fetched. {error}", file=sys.stderr)
            return 1
    command = ["tamis", "curate", str(folder), "--keep", str(arguments.keep)]
    command += ["--projection", "tsne", "--data", str(HOME / "data"), "--out", str(HOME / "chosen.txt")]
    summary = curated(command)
    if isinstance(summary, int):
        return summary
    with open_door(load_settings(HOME / "data")) as door:
        if metadata:
            door.client.annotate(summary["dataset"]["id"], metadata)  # type: ignore[arg-type]  # dict is invariant
        result = gathered(door.client, summary, folder, cut_out=bool(metadata))
    write(result, shlex.join(command))
    report(result, summary, folder)
    return 0 if arguments.once else served(HOME / "data")


def parsed() -> argparse.Namespace:
    """Read the command line that the Makefile gives."""
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument("--keep", type=int, default=100, help="how many images to keep")
    parser.add_argument(
        "--images", type=lambda text: Path(text).expanduser(), help="a folder of your own images"
    )
    parser.add_argument("--once", action="store_true", help="end after the job")
    return parser.parse_args()


def emoji_images(folder: Path) -> dict[str, dict[str, str]]:
    """Fetch the emoji, lay them out as files, and return their names and categories."""
    print("Demo images: Google's emoji (npm emoji-datasource-google, 74 MB, once) ...", flush=True)
    return emoji.lay_out(fetch_npm(*EMOJI, CACHE.resolve()), folder)


def curated(command: list[str]) -> dict[str, Any] | int:
    """Run the command with its progress in view; return its summary, or its exit code when it failed."""
    print(f"$ {shlex.join(command)}", flush=True)
    program = Path(sys.executable).with_name("tamis")
    ran = subprocess.run([program, *command[1:], "--json"], stdout=subprocess.PIPE, text=True, check=False)
    if ran.returncode not in (0, BAD_FILES):
        return ran.returncode
    summary: dict[str, Any] = json.loads(ran.stdout)
    return summary


def served(data: Path) -> int:
    """Open the platform on what was made: print its link, try a browser, and go on until Ctrl-C."""
    print("\n$ .venv/bin/tamis serve --data .demo/data", flush=True)
    program = Path(sys.executable).with_name("tamis")
    command = [str(program), "serve", "--data", str(data)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            for line in server.stdout:
                print(line, end="", flush=True)
                if "/login?once=" in line:
                    opened(line.strip())
            return server.wait()
        except KeyboardInterrupt:  # the server heard it as well, and is ending
            return server.wait()


def opened(link: str) -> None:
    """Open the link where there is a browser with a window; where there is none, it is in the terminal."""
    try:
        webbrowser.get()
    except webbrowser.Error:
        return
    if sys.platform in ("darwin", "win32") or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        webbrowser.open(link)


def gathered(client: Client, summary: dict[str, Any], folder: Path, *, cut_out: bool) -> Result:
    """Collect the result: the emoji from their own files, since they are cut-outs, others as thumbnails."""
    picture = collect.original(folder) if cut_out else collect.thumbnail(client)
    title = "Google emoji" if cut_out else summary["dataset"]["name"]
    return collect.collect(client, summary, title, picture)


def write(result: Result, command: str) -> None:
    """Write the two pictures and the page beside the list of chosen files."""
    draw.embedding(result.points, result.positions).save(HOME / "embedding.png", optimize=True)
    pictures = [kept.picture for kept in result.kept]
    draw.contact_sheet(pictures, result.scores, result.total).save(HOME / "contact-sheet.png", optimize=True)
    (HOME / "index.html").write_text(page(result, command), encoding="utf-8")


def report(result: Result, summary: dict[str, Any], folder: Path) -> None:
    """Print the numbers, and where things are."""
    kept, chance = summary["coverage"]["kept"], summary["coverage"]["random"]
    print(f"\nKept {len(result.kept):,} of {result.total:,} images by {result.strategy}.")
    for name, words in (("mean", "Average"), ("radius", "Farthest")):
        print(f"{words} distance to a kept image: {kept[name]:.3f} (random: {chance[name]:.3f}).")
    for problem in summary["problems"][:5]:
        print(f"Refused: {problem['file_name']}: {problem['reason']}")
    if result.problems > 5:
        print(f"and {result.problems - 5:,} more refused files.")
    print(f"Digest {result.digest}\n")
    for name, words in (
        ("index.html", "the page: open it in a browser"),
        ("contact-sheet.png", "the chosen images"),
        ("embedding.png", "where they lie among all"),
        ("chosen.txt", f"their paths in {folder}, best first"),
    ):
        print(f"{HOME / name!s:<24} {words}")


if __name__ == "__main__":
    sys.exit(main())
