"""The tables. Times are UTC milliseconds; sets of positions are roaring bitmaps; ids are 24 hex digits."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

REVISION = "0006"
"""The newest revision under migrations/versions."""

metadata = sa.MetaData()

# Names must sort and compare the same on both databases, so by bytes.
Text = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
Key = sa.String(24).with_variant(sa.String(24, collation="C"), "postgresql")
Hash = sa.String(64).with_variant(sa.String(64, collation="C"), "postgresql")


def _dataset() -> sa.Column[str]:
    return sa.Column("dataset_id", Key, sa.ForeignKey("dataset.id", ondelete="CASCADE"), nullable=False)


def _time(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=nullable)


root = sa.Table(
    "root",
    metadata,
    sa.Column("id", Key, primary_key=True),
    sa.Column("path", sa.LargeBinary, nullable=False, unique=True),
    _time("created_at"),
)

dataset = sa.Table(
    "dataset",
    metadata,
    sa.Column("id", Key, primary_key=True),
    sa.Column("name", Text, nullable=False, unique=True),
    sa.Column("root_id", Key, sa.ForeignKey("root.id")),
    sa.Column("folder", Text),
    sa.Column("next_position", sa.BigInteger, nullable=False),
    sa.Column("total_bytes", sa.BigInteger, nullable=False),
    sa.Column("tombstones", sa.LargeBinary, nullable=False),
    sa.Column("n_deleted", sa.BigInteger, nullable=False),
    _time("created_at"),
)

sample = sa.Table(
    "sample",
    metadata,
    sa.Column(
        "dataset_id", Key, sa.ForeignKey("dataset.id", ondelete="CASCADE"), primary_key=True, nullable=False
    ),
    sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("file_name", Text, nullable=False),
    sa.Column("relative_path", sa.LargeBinary),
    sa.Column("sha256", Hash, nullable=False),
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    sa.Column("modified_ns", sa.BigInteger, nullable=False),
    sa.Column("width", sa.Integer, nullable=False),
    sa.Column("height", sa.Integer, nullable=False),
    sa.Column("format", Text, nullable=False),
    sa.Column("mode", Text, nullable=False),
    sa.Column("brightness", sa.Double, nullable=False),
    sa.Column("contrast", sa.Double, nullable=False),
    sa.Column("sharpness", sa.Double, nullable=False),
    sa.Column("signal_to_noise", sa.Double, nullable=False),
    sa.Column("state", Text, nullable=False),
    sa.Column("metadata", sa.JSON, nullable=False),
    _time("created_at"),
    sa.UniqueConstraint("dataset_id", "file_name"),
    sa.Index("sample_sha256", "sha256"),
)

problem = sa.Table(
    "problem",
    metadata,
    sa.Column(
        "dataset_id", Key, sa.ForeignKey("dataset.id", ondelete="CASCADE"), primary_key=True, nullable=False
    ),
    sa.Column("file_name", Text, primary_key=True),
    sa.Column("reason", Text, nullable=False),
    sa.Column("job_id", Key, nullable=False),
)

upload = sa.Table(
    "upload",
    metadata,
    sa.Column("id", Key, primary_key=True),
    _dataset(),
    sa.Column("n_added", sa.BigInteger, nullable=False),
    sa.Column("n_existing", sa.BigInteger, nullable=False),
    sa.Column("tag_id", Key),
    _time("created_at"),
    _time("closed_at", nullable=True),
)

tag = sa.Table(
    "tag",
    metadata,
    sa.Column("id", Key, primary_key=True),
    _dataset(),
    sa.Column("parent_id", Key, sa.ForeignKey("tag.id")),
    sa.Column("name", Text, nullable=False),
    sa.Column("members", sa.LargeBinary, nullable=False),
    sa.Column("n_members", sa.BigInteger, nullable=False),
    sa.Column("recipe", sa.JSON, nullable=False),
    sa.Column("digest", Hash, nullable=False),
    sa.Column("selection_id", Key),
    _time("created_at"),
    sa.UniqueConstraint("dataset_id", "name"),
)

embedding = sa.Table(
    "embedding",
    metadata,
    sa.Column("id", Key, primary_key=True),
    _dataset(),
    sa.Column("name", Text, nullable=False),
    sa.Column("kind", Text, nullable=False),
    sa.Column("parent_id", Key, sa.ForeignKey("embedding.id", ondelete="CASCADE")),
    sa.Column("encoder", sa.JSON, nullable=False),
    sa.Column("dimension", sa.Integer, nullable=False),
    sa.Column("covered", sa.LargeBinary, nullable=False),
    sa.Column("n_covered", sa.BigInteger, nullable=False),
    sa.Column("digest", Hash, nullable=False),
    sa.Column("basis", Hash),
    sa.Column("lance_version", sa.BigInteger),
    sa.Column("versions", sa.JSON, nullable=False, server_default="{}"),
    _time("created_at"),
    sa.UniqueConstraint("dataset_id", "digest"),
)

projection = sa.Table(
    "projection",
    metadata,
    sa.Column("id", Key, primary_key=True),
    _dataset(),
    sa.Column("embedding_id", Key, sa.ForeignKey("embedding.id", ondelete="CASCADE"), nullable=False),
    sa.Column("method", Text, nullable=False),
    sa.Column("seed", sa.BigInteger, nullable=False),
    sa.Column("n_points", sa.BigInteger, nullable=False),
    sa.Column("array", Hash, nullable=False),
    _time("created_at"),
    sa.UniqueConstraint("embedding_id", "method", "seed"),
)

selection = sa.Table(
    "selection",
    metadata,
    sa.Column("id", Key, primary_key=True),
    _dataset(),
    sa.Column("tag_id", Key, sa.ForeignKey("tag.id"), nullable=False),
    sa.Column("preselected_tag_id", Key, sa.ForeignKey("tag.id")),
    sa.Column("embedding_id", Key, sa.ForeignKey("embedding.id", ondelete="CASCADE"), nullable=False),
    sa.Column("strategy", sa.JSON, nullable=False),
    sa.Column("seed", sa.BigInteger, nullable=False),
    sa.Column("n_samples", sa.BigInteger, nullable=False),
    sa.Column("n_candidates", sa.BigInteger, nullable=False),
    sa.Column("greedy_until", sa.BigInteger, nullable=False),
    sa.Column("ranking", Hash, nullable=False),
    sa.Column("curve", sa.JSON, nullable=False),
    sa.Column("random_curve", sa.JSON, nullable=False),
    sa.Column("digest", Hash, nullable=False),
    _time("created_at"),
    sa.UniqueConstraint("dataset_id", "digest"),
)

job = sa.Table(
    "job",
    metadata,
    sa.Column("id", Key, primary_key=True),
    _dataset(),
    sa.Column("kind", Text, nullable=False),
    sa.Column("arguments", sa.JSON, nullable=False),
    sa.Column("key", Hash, nullable=False),
    sa.Column("state", Text, nullable=False),
    sa.Column("stage", Text, nullable=False),
    sa.Column("done", sa.BigInteger, nullable=False),
    sa.Column("total", sa.BigInteger, nullable=False),
    sa.Column("error", Text),
    sa.Column("result", sa.JSON, nullable=False),
    sa.Column("cancel_requested", sa.Boolean, nullable=False),
    _time("created_at"),
    _time("started_at", nullable=True),
    _time("finished_at", nullable=True),
    # The same work is asked for once at a time; asking again finds the job that is under way.
    sa.Index(
        "job_active",
        "key",
        unique=True,
        sqlite_where=sa.text("state IN ('queued', 'running')"),
        postgresql_where=sa.text("state IN ('queued', 'running')"),
    ),
    sa.Index("job_state", "state"),
)

event = sa.Table(
    "event",
    metadata,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
    sa.Column("dataset_id", Key, nullable=False),
    sa.Column("kind", Text, nullable=False),
    sa.Column("subject_id", Text, nullable=False),
    _time("created_at"),
    sa.Index("event_dataset", "dataset_id", "id"),
    sqlite_autoincrement=True,
)

worker = sa.Table(
    "worker",
    metadata,
    sa.Column("executor_id", Text, primary_key=True),
    _time("heartbeat_at"),
)

token = sa.Table(
    "token",
    metadata,
    sa.Column("id", Key, primary_key=True),
    sa.Column("name", Text, nullable=False),
    sa.Column("hint", Text, nullable=False),
    sa.Column("hash", Hash, nullable=False, unique=True),
    sa.Column("scope", Text, nullable=False),
    sa.Column("dataset_id", Key, sa.ForeignKey("dataset.id", ondelete="CASCADE")),
    _time("created_at"),
    _time("expires_at", nullable=True),
    _time("last_used_at", nullable=True),
    _time("revoked_at", nullable=True),
)

session = sa.Table(
    "session",
    metadata,
    sa.Column("hash", Hash, primary_key=True),
    _time("created_at"),
    _time("used_at"),
    _time("expires_at"),
)

login = sa.Table(
    "login",
    metadata,
    sa.Column("hash", Hash, primary_key=True),
    _time("expires_at"),
)

installation = sa.Table(
    "installation",
    metadata,
    sa.Column("folder_id", Text, primary_key=True),
    sa.Column("folder_path", Text, nullable=False),
)
