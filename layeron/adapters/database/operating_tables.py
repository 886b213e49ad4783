"""The tables of who operates, and of what they did: sessions, audit log, bulk replays."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field

from layeron.adapters.database.columns import AnyText, IndexedText, JsonText, UtcTime
from layeron.adapters.database.table import Table
from layeron.operating_records import BulkStatus
from layeron.records import EventStatus


class SessionRow(Table, table=True):
    """A login to the dashboard."""

    __tablename__ = "sessions"
    __table_args__ = (Index("ix_sessions_expiry", "expires_at"),)

    token_hash: str = Field(primary_key=True, sa_type=AnyText)
    key_id: str = Field(sa_type=AnyText)
    created_at: datetime = Field(sa_type=UtcTime)
    expires_at: datetime = Field(sa_type=UtcTime)


class AuditRow(Table, table=True):
    """One change or replay."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index("ix_audit_entries_action", "action", "id"),
        Index("ix_audit_entries_target", "target", "id"),
    )

    id: str = Field(primary_key=True, sa_type=AnyText)
    at: datetime = Field(sa_type=UtcTime)
    actor: str = Field(sa_type=AnyText)
    action: str = Field(sa_type=AnyText)
    target: str = Field(sa_type=IndexedText)
    detail: dict[str, Any] = Field(sa_type=JsonText)
    status: int | None = None


class BulkReplayRow(Table, table=True):
    """A replay of many events; `last_event_id` is its cursor."""

    __tablename__ = "bulk_replays"
    __table_args__ = (Index("ix_bulk_replays_key", "idempotency_key", unique=True),)

    id: str = Field(primary_key=True, sa_type=AnyText)
    requested_by: str = Field(sa_type=AnyText)
    reason: str | None = Field(sa_type=AnyText)
    status: BulkStatus = Field(sa_type=AnyText)
    created_at: datetime = Field(sa_type=UtcTime)
    updated_at: datetime = Field(sa_type=UtcTime)
    filter: dict[str, Any] | None = Field(sa_type=JsonText)
    statuses: list[EventStatus] | None = Field(sa_type=JsonText)
    event_ids: list[str] | None = Field(sa_type=JsonText)
    endpoint_id: str | None = Field(sa_type=AnyText)
    rate_per_second: float
    total: int
    capped: bool
    examined: int
    replayed: int
    skipped: int
    last_event_id: str | None = Field(sa_type=AnyText)
    idempotency_key: str | None = Field(sa_type=IndexedText)
