"""Libraries that take long to load are loaded while a folder is read; those who need them wait."""

import subprocess
import sys

from tamis.jobs.early import EarlyLoading

CODE = """
import sys
from tamis.jobs.early import EarlyLoading

slow = {"lance", "numba"}
early = EarlyLoading()
early.wait()
assert not slow & set(sys.modules)
early.begin()
early.begin()
early.wait()
assert slow <= set(sys.modules)
"""


def test_what_is_slow_to_load_is_there_after_the_wait_and_not_before_it_begins() -> None:
    subprocess.run([sys.executable, "-c", CODE], check=True)


def test_nobody_waits_for_what_has_not_begun() -> None:
    EarlyLoading().wait()
