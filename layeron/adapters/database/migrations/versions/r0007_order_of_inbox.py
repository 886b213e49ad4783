"""What waits in the inbox for a queue keeps its order, and for a user can be found."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"

TEXT = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")


def upgrade() -> None:
    """Add columns, which code of before leaves as they are, and indexes of a few rows each."""
    op.add_column(
        "inbox", sa.Column("queued", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("inbox", sa.Column("user_id", TEXT))
    _index("ix_inbox_owner", ["owner", "due_at"], "owner IS NOT NULL")
    _index("ix_inbox_refused", ["number"], "refusals > 0")
    _index("ix_inbox_user", ["user_id", "event_id"], "user_id IS NOT NULL")


def downgrade() -> None:
    """Drop them; order is kept no more where the engine refuses an event."""
    for name in ("ix_inbox_user", "ix_inbox_refused", "ix_inbox_owner"):
        op.drop_index(name, "inbox")
    op.drop_column("inbox", "user_id")
    op.drop_column("inbox", "queued")


def _index(name: str, columns: list[str], condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, "inbox", columns, sqlite_where=where, postgresql_where=where)
