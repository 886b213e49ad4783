"""The inbox: events that are durable here while the engine does not take them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"

TEXT = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
TIME = sa.DateTime(timezone=True)
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the table; code of before does not know of it."""
    op.create_table(
        "inbox",
        sa.Column("number", NUMBER, primary_key=True, autoincrement=True),
        sa.Column("event_id", TEXT, nullable=False),
        sa.Column("workflow_id", TEXT, nullable=False),
        sa.Column("direction", TEXT, nullable=False),
        sa.Column("received_at", TIME, nullable=False),
        sa.Column("sha256", TEXT, nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("event", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.LargeBinary()),
        sa.Column("refusals", sa.Integer(), nullable=False),
        sa.Column("owner", TEXT),
        sa.Column("due_at", TIME, nullable=False),
        # A number is never given out twice, so that whoever settles an old one removes no new one.
        sqlite_autoincrement=True,
    )
    op.create_index("ix_inbox_workflow", "inbox", ["workflow_id", "number"])
    op.create_index("ix_inbox_event", "inbox", ["event_id"], unique=True)
    op.create_index("ix_inbox_waiting", "inbox", ["received_at", "size"])


def downgrade() -> None:
    """Drop it, with what waits in it."""
    op.drop_table("inbox")
