"""What operators need: audit log, sessions, scopes, bulk replays, more filters, retention."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"

# PostgreSQL compares it by code point, as SQLite does.
TEXT = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
TIME = sa.DateTime(timezone=True)

# Each on the rows it is asked about only; code of before fills none of these columns.
EVENT_INDEXES = {
    "user": (["user_id", "namespace", "webhook", "id"], "user_id IS NOT NULL"),
    "user_status": (["user_id", "namespace", "webhook", "status", "id"], "user_id IS NOT NULL"),
    "http": (["last_http_status", "namespace", "webhook", "id"], "last_http_status IS NOT NULL"),
    "http_status": (
        ["last_http_status", "namespace", "webhook", "status", "id"],
        "last_http_status IS NOT NULL",
    ),
    "body": (["namespace", "webhook", "id"], "body_erased_at IS NULL"),
    "body_of_user": (["user_id", "id"], "body_erased_at IS NULL AND user_id IS NOT NULL"),
    "erased": (["namespace", "webhook", "id"], "body_erased_at IS NOT NULL"),
}


def upgrade() -> None:
    """Add what is new; code of before goes on as it did."""
    op.add_column("events", sa.Column("last_http_status", sa.Integer()))
    op.add_column("events", sa.Column("body_erased_at", TIME))
    for name, (columns, condition) in EVENT_INDEXES.items():
        _partial_index(f"ix_events_{name}", "events", columns, condition)
    op.create_index("ix_events_lately", "events", ["id", "status", "namespace", "webhook"])
    op.add_column("replays", sa.Column("bulk_id", TEXT))
    _partial_index(
        "ix_replays_bulk", "replays", ["event_id", "bulk_id"], "bulk_id IS NOT NULL", unique=True
    )
    # A key that was made before may do what it always could.
    op.add_column(
        "api_keys", sa.Column("scopes", sa.Text(), nullable=False, server_default='["admin"]')
    )
    op.add_column("dedupe_keys", sa.Column("expires_at", TIME))
    op.create_index("ix_dedupe_keys_expiry", "dedupe_keys", ["expires_at"])
    op.create_index("ix_aliases_event", "aliases", ["event_id"])
    op.create_table(
        "sessions",
        sa.Column("token_hash", TEXT, primary_key=True),
        sa.Column("key_id", TEXT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
    )
    op.create_index("ix_sessions_expiry", "sessions", ["expires_at"])
    op.create_table(
        "audit_entries",
        sa.Column("id", TEXT, primary_key=True),
        sa.Column("at", TIME, nullable=False),
        sa.Column("actor", TEXT, nullable=False),
        sa.Column("action", TEXT, nullable=False),
        sa.Column("target", TEXT, nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer()),
    )
    op.create_index("ix_audit_entries_action", "audit_entries", ["action", "id"])
    op.create_index("ix_audit_entries_target", "audit_entries", ["target", "id"])
    op.create_table(
        "bulk_replays",
        sa.Column("id", TEXT, primary_key=True),
        sa.Column("requested_by", TEXT, nullable=False),
        sa.Column("reason", TEXT),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.Column("filter", sa.Text()),
        sa.Column("statuses", sa.Text()),
        sa.Column("event_ids", sa.Text()),
        sa.Column("endpoint_id", TEXT),
        sa.Column("rate_per_second", sa.Float(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("capped", sa.Boolean(), nullable=False),
        sa.Column("examined", sa.Integer(), nullable=False),
        sa.Column("replayed", sa.Integer(), nullable=False),
        sa.Column("skipped", sa.Integer(), nullable=False),
        sa.Column("last_event_id", TEXT),
        sa.Column("idempotency_key", TEXT),
    )
    op.create_index("ix_bulk_replays_key", "bulk_replays", ["idempotency_key"], unique=True)


def downgrade() -> None:
    """Drop it."""
    for table in ("bulk_replays", "audit_entries", "sessions"):
        op.drop_table(table)
    op.drop_index("ix_aliases_event", "aliases")
    op.drop_index("ix_dedupe_keys_expiry", "dedupe_keys")
    op.drop_column("dedupe_keys", "expires_at")
    op.drop_column("api_keys", "scopes")
    op.drop_index("ix_replays_bulk", "replays")
    op.drop_column("replays", "bulk_id")
    op.drop_index("ix_events_lately", "events")
    for name in EVENT_INDEXES:
        op.drop_index(f"ix_events_{name}", "events")
    op.drop_column("events", "body_erased_at")
    op.drop_column("events", "last_http_status")


def _partial_index(
    name: str, table: str, columns: list[str], condition: str, *, unique: bool = False
) -> None:
    where = sa.text(condition)
    op.create_index(name, table, columns, unique=unique, sqlite_where=where, postgresql_where=where)
