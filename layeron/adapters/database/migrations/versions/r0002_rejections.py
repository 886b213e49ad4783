"""Refused requests."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"

# PostgreSQL compares it by code point, as SQLite does.
TEXT = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "rejections",
        sa.Column("id", TEXT, primary_key=True),
        sa.Column("namespace", TEXT, nullable=False),
        sa.Column("webhook", TEXT, nullable=False),
        sa.Column("received_at", TIME, nullable=False),
        sa.Column("cause", TEXT, nullable=False),
        sa.Column("detail", TEXT, nullable=False),
        sa.Column("method", TEXT, nullable=False),
        sa.Column("url", TEXT, nullable=False),
        sa.Column("headers", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("body_sha256", TEXT, nullable=False),
        sa.Column("body", sa.LargeBinary()),
        sa.Column("skipped", sa.Integer(), nullable=False),
        sa.Column("accepted_event_id", TEXT),
        sa.Column("accepted_at", TIME),
        sa.Column("accepted_by", TEXT),
    )
    op.create_index("ix_rejections_webhook", "rejections", ["namespace", "webhook", "id"])
    op.create_index("ix_rejections_cause", "rejections", ["cause", "id"])


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("rejections")
