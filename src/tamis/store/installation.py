"""A database and its data folder belong together.

Two data folders on one database would take each other's jobs, and look for vectors that the other has.
"""

import sqlalchemy as sa

from tamis.model.errors import Conflict
from tamis.model.ids import new_id
from tamis.store.database import Database, lock_schema
from tamis.store.folder import DataFolder, folder_id, name_folder
from tamis.store.schema import installation


def pair(database: Database, folder: DataFolder) -> None:
    """Mark a database that has no data folder yet as this one's; refuse one that has another.

    A data folder may have had another database before: that is how one moves from SQLite to PostgreSQL.

    Raises:
        Conflict: the database belongs to another data folder.
    """
    here = folder_id(folder)
    with database.read() as connection:
        if here is not None and here == _owner(connection).get("folder_id"):
            return
    with database.write() as connection:
        lock_schema(connection)
        owner = _owner(connection)
        here = folder_id(folder)  # another process may have named it just now
        if not owner:
            if here is None:
                here = new_id()
                name_folder(folder, here)
            connection.execute(installation.insert().values(folder_id=here, folder_path=str(folder.path)))
        elif owner["folder_id"] != here:
            raise Conflict(
                f"The database belongs to the data folder '{owner['folder_path']}', not to '{folder.path}'. "
                "Give each data folder a database of its own."
            )


def _owner(connection: sa.Connection) -> dict[str, str]:
    row = connection.execute(sa.select(installation)).mappings().one_or_none()
    return {} if row is None else dict(row)
