"""Projection: from many dimensions to few. Arrays in, arrays out; heavy libraries load on use only.

`fit_basis` makes the half-whitened basis that selection works in; a method places vectors in the plane.
"""

import difflib

from tamis.model.errors import Invalid
from tamis.projection import methods  # registers every method
from tamis.projection.base import Method, registered
from tamis.projection.basis import Basis, fit_basis

__all__ = ["Basis", "Method", "fit_basis", "method_names", "methods", "open_method"]


def method_names() -> list[str]:
    """Return the names of all projection methods."""
    return list(registered())


def open_method(name: str) -> Method:
    """Return a method by its name."""
    found = registered()
    if name in found:
        return found[name]
    nearest = difflib.get_close_matches(name, found, n=1, cutoff=0.0)
    raise Invalid(
        f"There is no projection method {name!r}; did you mean {nearest[0]!r}? "
        f"There are: {', '.join(found)}.",
        field="method",
    )
