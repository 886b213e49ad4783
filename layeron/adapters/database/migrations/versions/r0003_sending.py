"""Endpoints, their secrets, and what is sent to them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"

# PostgreSQL compares it by code point, as SQLite does.
TEXT = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables; code of before goes on as it did."""
    op.add_column("events", sa.Column("user_id", TEXT))
    op.create_table(
        "endpoints",
        sa.Column("id", TEXT, primary_key=True),
        sa.Column("namespace", TEXT, nullable=False),
        sa.Column("webhook", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("declared", sa.Boolean(), nullable=False),
        sa.Column("config", sa.Text()),
        sa.Column("user_id", TEXT),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("disabled_reason", TEXT),
        sa.Column("disabled_at", TIME),
        sa.Column("failing_since", TIME),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("throttled_until", TIME),
        sa.Column("next_slot", TIME),
    )
    created_at_run_time = sa.text("config IS NOT NULL")
    op.create_index(
        "ix_endpoints_name",
        "endpoints",
        ["namespace", "webhook", "name"],
        unique=True,
        sqlite_where=created_at_run_time,
        postgresql_where=created_at_run_time,
    )
    op.create_index("ix_endpoints_webhook", "endpoints", ["namespace", "webhook", "id"])
    op.create_index("ix_endpoints_user", "endpoints", ["namespace", "webhook", "user_id", "id"])
    op.create_table(
        "endpoint_secrets",
        sa.Column("id", TEXT, primary_key=True),
        sa.Column("owner", TEXT, nullable=False),
        sa.Column("ciphertext", TEXT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("expires_at", TIME),
    )
    op.create_index("ix_endpoint_secrets_owner", "endpoint_secrets", ["owner"])
    op.create_table(
        "deliveries",
        sa.Column("event_id", TEXT, _event(), primary_key=True),
        sa.Column("endpoint_id", TEXT, primary_key=True),
        sa.Column("endpoint", TEXT, nullable=False),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("replay", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("attempt_count", sa.Integer(), nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.Column("next_attempt_at", TIME),
        sa.Column("last_error", TEXT),
    )
    op.create_index("ix_deliveries_endpoint", "deliveries", ["endpoint_id", "event_id"])
    op.create_index("ix_deliveries_status", "deliveries", ["endpoint_id", "status", "event_id"])
    op.create_table(
        "delivery_attempts",
        sa.Column("event_id", TEXT, _event(), primary_key=True),
        sa.Column("endpoint_id", TEXT, primary_key=True),
        sa.Column("replay", sa.Integer(), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column("outcome", TEXT, nullable=False),
        sa.Column("started_at", TIME, nullable=False),
        sa.Column("ended_at", TIME),
        sa.Column("failure", TEXT),
        sa.Column("error", TEXT),
        sa.Column("http_status", sa.Integer()),
        sa.Column("response_headers", sa.Text(), nullable=False),
        sa.Column("response_excerpt", TEXT),
        sa.Column("address", TEXT),
        sa.Column("connect_seconds", sa.Float()),
        sa.Column("note", TEXT),
    )


def downgrade() -> None:
    """Drop them."""
    for table in ("delivery_attempts", "deliveries", "endpoint_secrets", "endpoints"):
        op.drop_table(table)
    op.drop_column("events", "user_id")


def _event() -> sa.ForeignKey:
    return sa.ForeignKey("events.id", ondelete="CASCADE")
