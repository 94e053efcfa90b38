"""Events are found by dataset, and a dataset may read a folder below its root."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"

Text = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_index("event_dataset", "event", ["dataset_id", "id"])
    op.add_column("dataset", sa.Column("folder", Text, nullable=True))
