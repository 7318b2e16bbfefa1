"""Pages, documents, hosts and shards."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """The first tables."""
    op.create_table(
        "pages",
        sa.Column("source", sa.Text, primary_key=True),
        sa.Column("key", sa.LargeBinary, primary_key=True),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("first_seen", sa.BigInteger, nullable=False),
        sa.Column("asked_at", sa.BigInteger),
        sa.Column("status", sa.Integer),
        sa.Column("outcome", sa.Text),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("etag", sa.Text),
        sa.Column("last_modified", sa.Text),
        sa.Column("validated_at", sa.BigInteger),
        sa.Column("digest", sa.Text),
        sa.Column("first_captured", sa.BigInteger),
        sa.Column("changed_at", sa.BigInteger),
        sa.Column("captured_at", sa.BigInteger),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("next_try", sa.BigInteger),
        sa.Column("canonical", sa.Text),
    )
    op.create_index("pages_due", "pages", ["source", "next_try", "key"])
    op.create_table(
        "documents",
        sa.Column("source", sa.Text, primary_key=True),
        sa.Column("key", sa.LargeBinary, primary_key=True),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("fetched_at", sa.BigInteger),
        sa.Column("status", sa.Integer),
        sa.Column("etag", sa.Text),
        sa.Column("last_modified", sa.Text),
        sa.Column("digest", sa.Text),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("next_try", sa.BigInteger),
    )
    op.create_table(
        "hosts",
        sa.Column("host", sa.Text, primary_key=True),
        sa.Column("robots_status", sa.Integer),
        sa.Column("robots_body", sa.LargeBinary),
        sa.Column("robots_at", sa.BigInteger),
        sa.Column("aside_until", sa.BigInteger),
        sa.Column("lease_holder", sa.Text),
        sa.Column("lease_until", sa.BigInteger),
        sa.Column("ready_at", sa.BigInteger),
    )
    op.create_table(
        "shards",
        sa.Column("source", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("size", sa.BigInteger, nullable=False),
    )
