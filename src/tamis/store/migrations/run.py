"""Run the migrations inside the caller's transaction, so that they land whole or not at all."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config


def upgrade(connection: sa.Connection, scripts: Path = Path(__file__).parent) -> None:
    """Apply every revision under `scripts` that the database does not have yet."""
    config = Config()
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
