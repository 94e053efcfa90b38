"""Compiled code is kept where it may be kept, and a disk without space for it stops nothing."""

import os
import subprocess
import sys
from pathlib import Path

CODE = """
import resource, sys
if sys.argv[1] == "full":
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
import numpy, tamis.selection as s
print(s.coverage(numpy.eye(3), [0], [1], threads=1))
"""


def answer(folder: Path, disk: str) -> str:
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(folder)}
    done = subprocess.run(
        [sys.executable, "-c", CODE, disk],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return done.stdout


def test_a_full_disk_gives_the_same_answer_and_keeps_nothing(tmp_path: Path) -> None:
    full, roomy = answer(tmp_path / "full", "full"), answer(tmp_path / "roomy", "roomy")
    assert full == roomy != ""
    assert not [file for file in (tmp_path / "full").rglob("*") if file.is_file()]
    assert list((tmp_path / "roomy").rglob("nearest._approach*.nbc"))


def test_a_folder_that_was_full_is_used_when_it_no_longer_is(tmp_path: Path) -> None:
    answer(tmp_path, "full")
    answer(tmp_path, "roomy")
    assert list(tmp_path.rglob("nearest._approach*.nbc"))
