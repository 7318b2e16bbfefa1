"""Since when pages that are held are gone from their site."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """One column more."""
    op.add_column("pages", sa.Column("gone_at", sa.BigInteger))
