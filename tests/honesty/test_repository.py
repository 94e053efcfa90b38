"""The repository says nothing about the machine it was made on, and its papers agree with each other."""

import re
import subprocess
from pathlib import Path

import pytest

import tamis

ROOT = Path(__file__).resolve().parents[2]
# In pieces, so that this file does not find itself.
OF_A_MACHINE = [
    r"(?:^|[^\w.])/(?:wor" + r"k|far" + r"m|home|root|Users)/",
    r"https?://[^ \"]+\.(?:whl|t" + r"gz|deb)",
    r"--(?:extra-)?index-" + r"url",
    r"^registry *=",
    r"\"resolv" + r"ed\": *\"http",
]


def tracked() -> list[Path]:
    """Return the files that git knows or would add."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
    return [ROOT / name for name in listed.decode().split("\0") if name and (ROOT / name).is_file()]


def test_no_file_names_a_path_or_a_registry_of_a_machine() -> None:
    pattern = re.compile("|".join(OF_A_MACHINE), re.MULTILINE)
    found = []
    for path in tracked():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a picture
        found += [f"{path.relative_to(ROOT)}: {match.group(0)!r}" for match in pattern.finditer(text)]
    assert found == []


def test_no_tracked_file_is_large() -> None:
    large = {str(path.relative_to(ROOT)): path.stat().st_size for path in tracked()}
    assert {name: size for name, size in large.items() if size > 1_000_000} == {}


def test_the_changelog_begins_with_this_version() -> None:
    heads = re.findall(
        r"^## \[?([^\]\s]+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert heads[0] == tamis.__version__


def test_every_version_in_the_constraints_is_exact() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    loose = [
        line
        for line in lines
        if line and not line.startswith("#") and not re.fullmatch(r"[\w.-]+==[\w.]+", line)
    ]
    assert loose == []


def test_decisions_are_numbered_without_gaps() -> None:
    names = sorted(path.name for path in (ROOT / "docs/decisions").glob("*.md"))
    assert [name[:5] for name in names] == [f"{number:04d}-" for number in range(1, len(names) + 1)]


@pytest.mark.parametrize(
    "target",
    [
        "demo",
        "test",
        "check",
        "fix",
        "docs",
        "api",
        "app",
        "e2e",
        "tour",
        "wheel",
        "bench",
        "extras",
        "clean",
    ],
)
def test_make_explains_every_target(target: str) -> None:
    helped = subprocess.run(
        ["make", "--no-print-directory"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert f"make {target} " in helped.stdout
