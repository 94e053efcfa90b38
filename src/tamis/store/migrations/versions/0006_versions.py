"""With which versions of which packages an embedding was made."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("embedding", sa.Column("versions", sa.JSON, nullable=False, server_default="{}"))
