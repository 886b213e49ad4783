"""The tables of endpoints and deliveries."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field

from layeron.adapters.database.columns import AnyText, JsonText, UtcTime
from layeron.adapters.database.table import Table, partial_index
from layeron.outbound.records import DisabledReason, EndpointStatus
from layeron.records import AttemptOutcome, DeliveryStatus


class EndpointRow(Table, table=True):
    """How an endpoint is doing and, if it was created at run time, what it is.

    A declared one has a row from when something happened to it.
    """

    __tablename__ = "endpoints"
    __table_args__ = (
        partial_index(
            "ix_endpoints_name",
            "namespace",
            "webhook",
            "name",
            where="config IS NOT NULL AND user_id IS NULL",
            unique=True,
        ),
        partial_index(
            "ix_endpoints_name_of_user",
            "namespace",
            "webhook",
            "name",
            "user_id",
            where="config IS NOT NULL AND user_id IS NOT NULL",
            unique=True,
        ),
        Index("ix_endpoints_webhook", "namespace", "webhook", "id"),
        Index("ix_endpoints_user", "namespace", "webhook", "user_id", "id"),
    )

    id: str = Field(primary_key=True, sa_type=AnyText)
    namespace: str = Field(sa_type=AnyText)
    webhook: str = Field(sa_type=AnyText)
    name: str = Field(sa_type=AnyText)
    declared: bool
    config: dict[str, Any] | None = Field(default=None, sa_type=JsonText)
    user_id: str | None = Field(default=None, sa_type=AnyText)
    created_at: datetime = Field(sa_type=UtcTime)
    updated_at: datetime = Field(sa_type=UtcTime)
    status: EndpointStatus = Field(default="enabled", sa_type=AnyText)
    disabled_reason: DisabledReason | None = Field(default=None, sa_type=AnyText)
    disabled_at: datetime | None = Field(default=None, sa_type=UtcTime)
    failing_since: datetime | None = Field(default=None, sa_type=UtcTime)
    failures: int = 0
    throttled_until: datetime | None = Field(default=None, sa_type=UtcTime)
    next_slot: datetime | None = Field(default=None, sa_type=UtcTime)


class EndpointSecretRow(Table, table=True):
    """A generated signing secret, encrypted."""

    __tablename__ = "endpoint_secrets"
    __table_args__ = (Index("ix_endpoint_secrets_owner", "owner"),)

    id: str = Field(primary_key=True, sa_type=AnyText)
    owner: str = Field(sa_type=AnyText)
    ciphertext: str = Field(sa_type=AnyText)
    created_at: datetime = Field(sa_type=UtcTime)
    expires_at: datetime | None = Field(default=None, sa_type=UtcTime)


class DeliveryRow(Table, table=True):
    """An event's way to one endpoint; `number` is that of its last attempt in this sending."""

    __tablename__ = "deliveries"
    __table_args__ = (
        Index("ix_deliveries_endpoint", "endpoint_id", "event_id"),
        Index("ix_deliveries_status", "endpoint_id", "status", "event_id"),
    )

    event_id: str = Field(
        primary_key=True, sa_type=AnyText, foreign_key="events.id", ondelete="CASCADE"
    )
    endpoint_id: str = Field(primary_key=True, sa_type=AnyText)
    endpoint: str = Field(sa_type=AnyText)
    status: DeliveryStatus = Field(sa_type=AnyText)
    replay: int
    number: int
    attempt_count: int
    updated_at: datetime = Field(sa_type=UtcTime)
    next_attempt_at: datetime | None = Field(default=None, sa_type=UtcTime)
    last_error: str | None = Field(default=None, sa_type=AnyText)


class DeliveryAttemptRow(Table, table=True):
    """One attempt to deliver."""

    __tablename__ = "delivery_attempts"

    event_id: str = Field(
        primary_key=True, sa_type=AnyText, foreign_key="events.id", ondelete="CASCADE"
    )
    endpoint_id: str = Field(primary_key=True, sa_type=AnyText)
    replay: int = Field(primary_key=True)
    number: int = Field(primary_key=True)
    outcome: AttemptOutcome = Field(sa_type=AnyText)
    started_at: datetime = Field(sa_type=UtcTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcTime)
    failure: str | None = Field(default=None, sa_type=AnyText)
    error: str | None = Field(default=None, sa_type=AnyText)
    http_status: int | None = None
    response_headers: list[list[str]] = Field(default_factory=list, sa_type=JsonText)
    response_excerpt: str | None = Field(default=None, sa_type=AnyText)
    address: str | None = Field(default=None, sa_type=AnyText)
    connect_seconds: float | None = None
    note: str | None = Field(default=None, sa_type=AnyText)
