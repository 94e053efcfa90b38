"""Functions for the children of the tests: a child finds them by module and name."""

import fcntl
import os
import signal
import stat
import sys
import time
from pathlib import Path


def double(number: int) -> int:
    return 2 * number


def process_id(_: int) -> int:
    return os.getpid()


def misbehave(shard: str) -> str:
    """Do what the shard says."""
    if shard == "segfault":
        os.kill(os.getpid(), signal.SIGSEGV)
    if shard == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if shard == "exit":
        os._exit(3)
    if shard == "sleep":
        time.sleep(60)
    if shard == "memory":
        return str(len(bytearray(2**34)))
    if shard == "raise":
        raise KeyError("a telling word")
    if shard == "print":
        print("this must not reach the pipe", flush=True)
        os.write(1, b"nor this\n")
    return shard.upper()


def die_of_bad_items(items: list[int]) -> list[int]:
    if any(item < 0 for item in items):
        os.kill(os.getpid(), signal.SIGKILL)
    return [2 * item for item in items]


def split(items: list[int]) -> list[list[int]]:
    return [[item] for item in items]


def take_over(answer: bytes) -> None:
    """Answer what a child would that a hostile file has taken over: any bytes, past all of our own code."""
    for descriptor in range(3, 64):
        try:
            writes = fcntl.fcntl(descriptor, fcntl.F_GETFL) & os.O_WRONLY
        except OSError:
            continue
        if writes and stat.S_ISFIFO(os.fstat(descriptor).st_mode):
            os.write(descriptor, answer)
    time.sleep(60)


def large(size: int) -> list[bytes]:
    return [os.urandom(size) for _ in range(64)]


def use_memory(megabytes: int) -> int:
    return len(bytearray(megabytes * 2**20))


def local_error(_: int) -> None:
    class LocalError(Exception):
        pass

    raise LocalError("from inside")


def tell_and_sleep(path: str) -> None:
    Path(path).write_text(str(os.getpid()))
    time.sleep(60)


def modules(_: int) -> list[str]:
    return sorted(sys.modules)


def sleep(seconds: float) -> float:
    time.sleep(seconds)
    return seconds


def standard_input(_: int) -> str:
    return sys.stdin.read()


def touch(path: str) -> None:
    Path(path).write_text("done")
