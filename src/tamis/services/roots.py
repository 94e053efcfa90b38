"""Which folders may be read in place. Only the command line and an admin allow one; the API never can."""

import os
from pathlib import Path

from tamis.model.dataset import Root
from tamis.model.errors import Invalid, NotFound
from tamis.model.names import clean_file_name
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


def folders(store: Store, root_id: str, below: str) -> list[str]:
    """Return the names of the folders in a root, or in the folder `below` it, sorted.

    Hidden ones and links are left out, and so are names that Tamis cannot keep.

    Raises:
        NotFound: there is no such root, or no such folder below it.
    """
    with store.read() as connection:
        root = roots.path_of(connection, root_id)
    try:
        with os.scandir(folder_below(root, below)) as entries:
            names = [entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]
    except OSError as error:
        raise NotFound(f"The folder '{below}' cannot be read: {error.strerror}.") from error
    return sorted(name for name in names if not name.startswith(".") and _can_be_kept(name))


def folder_below(root: Path, below: str) -> Path:
    """Return a folder below a root, where it still is one: links may have been laid since.

    Raises:
        NotFound: it is gone, is no folder, or leads out of the root.
    """
    try:
        top = root.resolve(strict=True)
        folder = (top / below).resolve(strict=True)
    except (OSError, RuntimeError) as error:  # RuntimeError: links that lead in a circle
        raise NotFound(f"There is no folder '{below}' in this root.", field="folder") from error
    if not folder.is_relative_to(top) or not folder.is_dir():
        raise NotFound(f"There is no folder '{below}' in this root.", field="folder")
    return folder


def _can_be_kept(name: str) -> bool:
    try:
        return clean_file_name(os.fsencode(name)) == name
    except Invalid:
        return False


def list_roots(store: Store) -> list[Root]:
    """Return all allowed folders."""
    with store.read() as connection:
        return roots.all_of(connection)
