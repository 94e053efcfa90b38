"""API tokens, sessions of browsers, and the one-time codes that open them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"

Text = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
Key = sa.String(24).with_variant(sa.String(24, collation="C"), "postgresql")
Hash = sa.String(64).with_variant(sa.String(64, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "token",
        sa.Column("id", Key, nullable=False),
        sa.Column("name", Text, nullable=False),
        sa.Column("hint", Text, nullable=False),
        sa.Column("hash", Hash, nullable=False),
        sa.Column("scope", Text, nullable=False),
        sa.Column("dataset_id", Key, nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.Column("last_used_at", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["dataset_id"], ["dataset.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("hash"),
    )
    op.create_table(
        "session",
        sa.Column("hash", Hash, nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("hash"),
    )
    op.create_table(
        "login",
        sa.Column("hash", Hash, nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("hash"),
    )
