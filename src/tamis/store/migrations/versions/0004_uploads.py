"""Uploads."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

Key = sa.String(24).with_variant(sa.String(24, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "upload",
        sa.Column("id", Key, nullable=False),
        sa.Column("dataset_id", Key, nullable=False),
        sa.Column("n_added", sa.BigInteger(), nullable=False),
        sa.Column("n_existing", sa.BigInteger(), nullable=False),
        sa.Column("tag_id", Key, nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["dataset_id"], ["dataset.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
