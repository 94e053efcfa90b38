"""How kernels are compiled: on their first call, without the GIL, and once for a user."""

import contextlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from numba import njit
from numba.core import config
from numba.core.caching import FunctionCache

from tamis.model.machine import can_write, user_cache

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


def kernel(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Compile a function on its first call. It releases the GIL, and the compiled code is kept on disk.

    The flags let the compiler add in vector lanes; NaN and Inf keep their meaning. A kernel may call only
    kernels of its own file: numba looks at no other file to see whether its cache is out of date.
    """
    return _compiled(function, {"reassoc", "contract", "nsz", "arcp"})


def exact_kernel(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Compile a function like `kernel`, but add in the order that is written."""
    return _compiled(function, set())


def _compiled(function: Callable[Parameters, Result], flags: set[str]) -> Callable[Parameters, Result]:
    compiled: Any = njit(nogil=True, fastmath=flags or False)(function)
    folder = _cache_folder()
    if folder is not None:
        before = config.CACHE_DIR  # type: ignore[attr-defined]  # numba sets its options at run time
        config.CACHE_DIR = folder  # type: ignore[attr-defined]  # likewise
        try:
            compiled._cache = _Cache(function)  # type: ignore[no-untyped-call]  # as `cache=True` does
        finally:
            config.CACHE_DIR = before  # type: ignore[attr-defined]  # likewise
    result: Callable[Parameters, Result] = compiled
    return result


class _Cache(FunctionCache):
    """A full disk costs the next process some seconds, and this one nothing."""

    def save_overload(self, signature: object, compiled: object) -> None:
        with contextlib.suppress(OSError):
            super().save_overload(signature, compiled)  # type: ignore[no-untyped-call]


def _cache_folder() -> str | None:
    """Return a folder for compiled code that we may write to: the user's word first."""
    named = os.environ.get("NUMBA_CACHE_DIR")
    if named:
        return named if can_write(Path(named)) else None
    folder = user_cache("numba")
    return None if folder is None else str(folder)
