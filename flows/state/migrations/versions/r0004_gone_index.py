"""The pages that are gone are found without looking at all others."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """One index, of few rows."""
    gone = sa.text("gone_at IS NOT NULL")
    op.create_index("pages_gone", "pages", ["source"], sqlite_where=gone, postgresql_where=gone)
