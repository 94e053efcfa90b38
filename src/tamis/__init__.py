"""Tamis shows what is in a pile of unlabeled images and picks the ones worth labeling and training on."""

from importlib.metadata import version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tamis.client import Client

__all__ = ["Client", "__version__"]

__version__ = version("tamis")


def __getattr__(name: str) -> object:
    """Load the client when somebody asks for it: `tamis --help` does not."""
    if name == "Client":
        from tamis.client import Client

        return Client
    raise AttributeError(f"module 'tamis' has no attribute {name!r}")
