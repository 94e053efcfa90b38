"""Ids: 24 hex digits = 8 of seconds, 3 of their 4,096th parts, 7 random ones per process, 6 of a counter.

They sort by the moment in which they were made, also where server and worker make them in turn, and two
processes never make the same one.
"""

import itertools
import os
import secrets
import time

_PROCESS = secrets.token_hex(4)[1:]
_counter = itertools.count(secrets.randbelow(1 << 24))


def new_id() -> str:
    """Return an id that no other call, in this process or another, returns."""
    parts = time.time_ns() * 4096 // 1_000_000_000
    return f"{parts:011x}{_PROCESS}{next(_counter) % (1 << 24):06x}"


def _new_process_part() -> None:
    global _PROCESS  # noqa: PLW0603  # a forked child must not continue its parent's ids
    _PROCESS = secrets.token_hex(4)[1:]


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_new_process_part)


def now() -> int:
    """Return the present moment in milliseconds since 1970, UTC."""
    return time.time_ns() // 1_000_000
