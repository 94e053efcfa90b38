"""Which folders may be read in place. Only the command line and an admin allow one; the API never can."""

from pathlib import Path

from tamis.model.dataset import Root
from tamis.model.errors import Invalid
from tamis.store import roots
from tamis.store.store import Store


def allow(store: Store, path: Path) -> Root:
    """Allow a folder to be read in place, and return its root.

    Raises:
        Invalid: there is no such folder, or it holds the data folder or lies in it.
    """
    folder = path.expanduser()
    if not folder.exists():
        raise Invalid(f"There is no folder '{path}'.", field="path")
    if not folder.is_dir():
        raise Invalid(f"'{path}' is not a folder.", field="path")
    folder = folder.resolve()
    if folder.is_relative_to(store.folder.path.resolve()):
        raise Invalid(f"'{path}' lies in the data folder of Tamis. Name a folder of images.", field="path")
    with store.write() as connection:
        return roots.insert(connection, folder)


def list_roots(store: Store) -> list[Root]:
    """Return all allowed folders."""
    with store.read() as connection:
        return roots.all_of(connection)
