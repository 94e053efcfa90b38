"""The first schema."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None

Text = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
Key = sa.String(24).with_variant(sa.String(24, collation="C"), "postgresql")
Hash = sa.String(64).with_variant(sa.String(64, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "event",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("dataset_id", Key, nullable=False),
        sa.Column("kind", Text, nullable=False),
        sa.Column("subject_id", Text, nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "root",
        sa.Column("id", Key, nullable=False),
        sa.Column("path", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("path"),
    )
    op.create_table(
        "worker",
        sa.Column("executor_id", Text, nullable=False),
        sa.Column("heartbeat_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("executor_id"),
    )
    op.create_table(
        "dataset",
        sa.Column("id", Key, nullable=False),
        sa.Column("name", Text, nullable=False),
        sa.Column("root_id", Key, nullable=True),
        sa.Column("next_position", sa.BigInteger(), nullable=False),
        sa.Column("total_bytes", sa.BigInteger(), nullable=False),
        sa.Column("tombstones", sa.LargeBinary(), nullable=False),
        sa.Column("n_deleted", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["root_id"],
            ["root.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "embedding",
        sa.Column("id", Key, nullable=False),
        sa.Column("dataset_id", Key, nullable=False),
        sa.Column("name", Text, nullable=False),
        sa.Column("kind", Text, nullable=False),
        sa.Column("parent_id", Key, nullable=True),
        sa.Column("encoder", sa.JSON(), nullable=False),
        sa.Column("dimension", sa.Integer(), nullable=False),
        sa.Column("covered", sa.LargeBinary(), nullable=False),
        sa.Column("n_covered", sa.BigInteger(), nullable=False),
        sa.Column("digest", Hash, nullable=False),
        sa.Column("basis", Hash, nullable=True),
        sa.Column("lance_version", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["dataset_id"], ["dataset.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["parent_id"], ["embedding.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("dataset_id", "digest"),
    )
    op.create_table(
        "job",
        sa.Column("id", Key, nullable=False),
        sa.Column("dataset_id", Key, nullable=False),
        sa.Column("kind", Text, nullable=False),
        sa.Column("arguments", sa.JSON(), nullable=False),
        sa.Column("key", Hash, nullable=False),
        sa.Column("state", Text, nullable=False),
        sa.Column("stage", Text, nullable=False),
        sa.Column("done", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("error", Text, nullable=True),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("cancel_requested", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=True),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["dataset_id"], ["dataset.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "job_active",
        "job",
        ["key"],
        unique=True,
        sqlite_where=sa.text("state IN ('queued', 'running')"),
        postgresql_where=sa.text("state IN ('queued', 'running')"),
    )
    op.create_index("job_state", "job", ["state"], unique=False)
    op.create_table(
        "problem",
        sa.Column("dataset_id", Key, nullable=False),
        sa.Column("file_name", Text, nullable=False),
        sa.Column("reason", Text, nullable=False),
        sa.Column("job_id", Key, nullable=False),
        sa.ForeignKeyConstraint(["dataset_id"], ["dataset.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("dataset_id", "file_name"),
    )
    op.create_table(
        "sample",
        sa.Column("dataset_id", Key, nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("file_name", Text, nullable=False),
        sa.Column("relative_path", sa.LargeBinary(), nullable=True),
        sa.Column("sha256", Hash, nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("modified_ns", sa.BigInteger(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("format", Text, nullable=False),
        sa.Column("mode", Text, nullable=False),
        sa.Column("brightness", sa.Double(), nullable=False),
        sa.Column("contrast", sa.Double(), nullable=False),
        sa.Column("sharpness", sa.Double(), nullable=False),
        sa.Column("signal_to_noise", sa.Double(), nullable=False),
        sa.Column("state", Text, nullable=False),
        sa.Column("metadata", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["dataset_id"], ["dataset.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("dataset_id", "position"),
        sa.UniqueConstraint("dataset_id", "file_name"),
    )
    op.create_index("sample_sha256", "sample", ["sha256"], unique=False)
    op.create_table(
        "tag",
        sa.Column("id", Key, nullable=False),
        sa.Column("dataset_id", Key, nullable=False),
        sa.Column("parent_id", Key, nullable=True),
        sa.Column("name", Text, nullable=False),
        sa.Column("members", sa.LargeBinary(), nullable=False),
        sa.Column("n_members", sa.BigInteger(), nullable=False),
        sa.Column("recipe", sa.JSON(), nullable=False),
        sa.Column("digest", Hash, nullable=False),
        sa.Column("selection_id", Key, nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["dataset_id"], ["dataset.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["parent_id"],
            ["tag.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("dataset_id", "name"),
    )
    op.create_table(
        "projection",
        sa.Column("id", Key, nullable=False),
        sa.Column("dataset_id", Key, nullable=False),
        sa.Column("embedding_id", Key, nullable=False),
        sa.Column("method", Text, nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("n_points", sa.BigInteger(), nullable=False),
        sa.Column("array", Hash, nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["dataset_id"], ["dataset.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["embedding_id"], ["embedding.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("embedding_id", "method", "seed"),
    )
    op.create_table(
        "selection",
        sa.Column("id", Key, nullable=False),
        sa.Column("dataset_id", Key, nullable=False),
        sa.Column("tag_id", Key, nullable=False),
        sa.Column("preselected_tag_id", Key, nullable=True),
        sa.Column("embedding_id", Key, nullable=False),
        sa.Column("strategy", sa.JSON(), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("n_samples", sa.BigInteger(), nullable=False),
        sa.Column("n_candidates", sa.BigInteger(), nullable=False),
        sa.Column("greedy_until", sa.BigInteger(), nullable=False),
        sa.Column("ranking", Hash, nullable=False),
        sa.Column("curve", sa.JSON(), nullable=False),
        sa.Column("random_curve", sa.JSON(), nullable=False),
        sa.Column("digest", Hash, nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["dataset_id"], ["dataset.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["embedding_id"], ["embedding.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["preselected_tag_id"],
            ["tag.id"],
        ),
        sa.ForeignKeyConstraint(
            ["tag_id"],
            ["tag.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("dataset_id", "digest"),
    )
