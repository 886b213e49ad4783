"""The first tables: events, their attempts and replays, dedupe, and API keys."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None

# PostgreSQL compares it by code point, as SQLite does.
TEXT = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "events",
        sa.Column("id", TEXT, primary_key=True),
        sa.Column("direction", TEXT, nullable=False),
        sa.Column("namespace", TEXT, nullable=False),
        sa.Column("webhook", TEXT, nullable=False),
        sa.Column("provider", TEXT, nullable=False),
        sa.Column("event_type", TEXT, nullable=False),
        sa.Column("external_event_id", TEXT),
        sa.Column("external_event_key", TEXT),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("signature_status", TEXT, nullable=False),
        sa.Column("signature_secret", TEXT),
        sa.Column("received_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.Column("method", TEXT, nullable=False),
        sa.Column("url", TEXT, nullable=False),
        sa.Column("headers", sa.Text(), nullable=False),
        sa.Column("body_name", TEXT, nullable=False),
        sa.Column("body_size", sa.BigInteger(), nullable=False),
        sa.Column("body_sha256", TEXT, nullable=False),
        sa.Column("dedupe_key", TEXT),
        sa.Column("workflow_id", TEXT, nullable=False),
        sa.Column("run_id", TEXT),
        sa.Column("last_error", TEXT),
        sa.Column("attempt_count", sa.Integer(), nullable=False),
        sa.Column("replay_count", sa.Integer(), nullable=False),
    )
    for name, columns in {
        "status": ["status"],
        "webhook": ["namespace", "webhook"],
        "webhook_status": ["namespace", "webhook", "status"],
        "type": ["namespace", "webhook", "event_type"],
        "type_status": ["namespace", "webhook", "event_type", "status"],
        "external_event_key": ["external_event_key"],
    }.items():
        op.create_index(f"ix_events_{name}", "events", [*columns, "id"])
    op.create_table(
        "webhooks",
        sa.Column("namespace", TEXT, primary_key=True),
        sa.Column("name", TEXT, primary_key=True),
        sa.Column("direction", TEXT, nullable=False),
    )
    op.create_table(
        "attempts",
        sa.Column("event_id", TEXT, _event(), primary_key=True),
        sa.Column("replay", sa.Integer(), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column("outcome", TEXT, nullable=False),
        sa.Column("started_at", TIME, nullable=False),
        sa.Column("ended_at", TIME),
        sa.Column("error", TEXT),
        sa.Column("error_trace", TEXT),
        sa.Column("logs", sa.Text(), nullable=False),
        sa.Column("note", TEXT),
        sa.Column("answer", sa.Text()),
    )
    op.create_table(
        "replays",
        sa.Column("event_id", TEXT, _event(), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column("requested_at", TIME, nullable=False),
        sa.Column("requested_by", TEXT, nullable=False),
        sa.Column("reason", TEXT),
        sa.Column("workflow_id", TEXT, nullable=False),
        sa.Column("status", TEXT, nullable=False),
    )
    op.create_table(
        "dedupe_keys",
        sa.Column("namespace", TEXT, primary_key=True),
        sa.Column("webhook", TEXT, primary_key=True),
        sa.Column("key_sha256", TEXT, primary_key=True),
        sa.Column("event_id", TEXT, nullable=False),
        sa.Column("received_at", TIME, nullable=False),
    )
    op.create_table(
        "aliases",
        sa.Column("alias", TEXT, primary_key=True),
        sa.Column("event_id", TEXT, nullable=False),
    )
    op.create_table(
        "duplicate_counts",
        sa.Column("event_id", TEXT, primary_key=True),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("conflicts", sa.Integer(), nullable=False),
        sa.Column("last_seen", TIME, nullable=False),
    )
    op.create_table(
        "api_keys",
        sa.Column("id", TEXT, primary_key=True),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("secret_hash", TEXT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("revoked_at", TIME),
    )


def downgrade() -> None:
    """Remove them, with all they hold."""
    for table in (
        "api_keys",
        "duplicate_counts",
        "aliases",
        "dedupe_keys",
        "replays",
        "attempts",
        "webhooks",
        "events",
    ):
        op.drop_table(table)


def _event() -> sa.ForeignKey:
    return sa.ForeignKey("events.id", ondelete="CASCADE")
