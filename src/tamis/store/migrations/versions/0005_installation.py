"""Which data folder the database belongs to."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

Text = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "installation",
        sa.Column("folder_id", Text, nullable=False),
        sa.Column("folder_path", Text, nullable=False),
        sa.PrimaryKeyConstraint("folder_id"),
    )
