"""The tables. A change here needs a migration: a test compares the two."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Index, LargeBinary, MetaData, text
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from layeron.adapters.database.columns import (
    AnyText,
    IndexedText,
    JsonText,
    UtcTime,
)
from layeron.event import SignatureStatus
from layeron.outbound.records import DisabledReason, EndpointStatus
from layeron.records import AttemptOutcome, DeliveryStatus, Direction, EventStatus

# Our own, so that the tables of a user's application in the same process are not mixed with ours.
_REGISTRY = registry(metadata=MetaData())


class _Table(SQLModel, registry=_REGISTRY):
    """What the tables share."""

    __tablename__: ClassVar[str]  # pyright: ignore[reportIncompatibleVariableOverride]  # SQLModel declares it for class names only


METADATA = _Table.metadata


class EventRow(_Table, table=True):
    """One event; its duplicates are counted in `DuplicateCountRow`.

    Every index ends with the id, so that each filter reads its newest events first without a
    sort (see `layeron.adapters.database.listing`).
    """

    __tablename__ = "events"
    __table_args__ = (
        Index("ix_events_status", "status", "id"),
        Index("ix_events_webhook", "namespace", "webhook", "id"),
        Index("ix_events_webhook_status", "namespace", "webhook", "status", "id"),
        Index("ix_events_type", "namespace", "webhook", "event_type", "id"),
        Index("ix_events_type_status", "namespace", "webhook", "event_type", "status", "id"),
        Index("ix_events_external_event_key", "external_event_key", "id"),
    )

    id: str = Field(primary_key=True, sa_type=AnyText)
    direction: Direction = Field(sa_type=AnyText)
    namespace: str = Field(sa_type=AnyText)
    webhook: str = Field(sa_type=AnyText)
    provider: str = Field(sa_type=AnyText)
    event_type: str = Field(sa_type=IndexedText)
    external_event_id: str | None = Field(sa_type=AnyText)
    external_event_key: str | None = Field(sa_type=IndexedText)
    status: EventStatus = Field(sa_type=AnyText)
    signature_status: SignatureStatus = Field(sa_type=AnyText)
    signature_secret: str | None = Field(sa_type=AnyText)
    received_at: datetime = Field(sa_type=UtcTime)
    updated_at: datetime = Field(sa_type=UtcTime)
    method: str = Field(sa_type=AnyText)
    url: str = Field(sa_type=AnyText)
    headers: list[list[str]] = Field(sa_type=JsonText)
    body_name: str = Field(sa_type=AnyText)
    body_size: int = Field(sa_type=BigInteger)
    body_sha256: str = Field(sa_type=AnyText)
    dedupe_key: str | None = Field(sa_type=AnyText)
    workflow_id: str = Field(sa_type=AnyText)
    run_id: str | None = Field(sa_type=AnyText)
    last_error: str | None = Field(sa_type=AnyText)
    attempt_count: int
    replay_count: int
    user_id: str | None = Field(default=None, sa_type=AnyText)


class WebhookRow(_Table, table=True):
    """A webhook that has events: what a filter that names none has to look through."""

    __tablename__ = "webhooks"

    namespace: str = Field(primary_key=True, sa_type=AnyText)
    name: str = Field(primary_key=True, sa_type=AnyText)
    direction: Direction = Field(sa_type=AnyText)


class AttemptRow(_Table, table=True):
    """One attempt. `answer` is kept of a successful one, for whoever asks again."""

    __tablename__ = "attempts"

    event_id: str = Field(
        primary_key=True, sa_type=AnyText, foreign_key="events.id", ondelete="CASCADE"
    )
    replay: int = Field(primary_key=True)
    number: int = Field(primary_key=True)
    outcome: AttemptOutcome = Field(sa_type=AnyText)
    started_at: datetime = Field(sa_type=UtcTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcTime)
    error: str | None = Field(default=None, sa_type=AnyText)
    error_trace: str | None = Field(default=None, sa_type=AnyText)
    logs: list[dict[str, Any]] = Field(default_factory=list, sa_type=JsonText)
    note: str | None = Field(default=None, sa_type=AnyText)
    answer: Any = Field(default=None, nullable=True, sa_type=JsonText)


class ReplayRow(_Table, table=True):
    """One replay of an event."""

    __tablename__ = "replays"

    event_id: str = Field(
        primary_key=True, sa_type=AnyText, foreign_key="events.id", ondelete="CASCADE"
    )
    number: int = Field(primary_key=True)
    requested_at: datetime = Field(sa_type=UtcTime)
    requested_by: str = Field(sa_type=AnyText)
    reason: str | None = Field(sa_type=AnyText)
    workflow_id: str = Field(sa_type=AnyText)
    status: EventStatus = Field(sa_type=AnyText)


class DedupeKeyRow(_Table, table=True):
    """Which event holds a dedupe key; the key itself is on the event."""

    __tablename__ = "dedupe_keys"

    namespace: str = Field(primary_key=True, sa_type=AnyText)
    webhook: str = Field(primary_key=True, sa_type=AnyText)
    key_sha256: str = Field(primary_key=True, sa_type=AnyText)
    event_id: str = Field(sa_type=AnyText)
    received_at: datetime = Field(sa_type=UtcTime)


class AliasRow(_Table, table=True):
    """The id of a repeat that was given out before it was known to be one."""

    __tablename__ = "aliases"

    alias: str = Field(primary_key=True, sa_type=AnyText)
    event_id: str = Field(sa_type=AnyText)


class DuplicateCountRow(_Table, table=True):
    """Repeats of an event; the event itself may come on record later."""

    __tablename__ = "duplicate_counts"

    event_id: str = Field(primary_key=True, sa_type=AnyText)
    count: int
    conflicts: int
    last_seen: datetime = Field(sa_type=UtcTime)


class RejectionRow(_Table, table=True):
    """A refused request, with its body where that was small enough to be kept."""

    __tablename__ = "rejections"
    __table_args__ = (
        Index("ix_rejections_webhook", "namespace", "webhook", "id"),
        Index("ix_rejections_cause", "cause", "id"),
    )

    id: str = Field(primary_key=True, sa_type=AnyText)
    namespace: str = Field(sa_type=AnyText)
    webhook: str = Field(sa_type=AnyText)
    received_at: datetime = Field(sa_type=UtcTime)
    cause: str = Field(sa_type=AnyText)
    detail: str = Field(sa_type=AnyText)
    method: str = Field(sa_type=AnyText)
    url: str = Field(sa_type=AnyText)
    headers: list[list[str]] = Field(sa_type=JsonText)
    size: int = Field(sa_type=BigInteger)
    body_sha256: str = Field(sa_type=AnyText)
    body: bytes | None = Field(default=None, sa_type=LargeBinary)
    skipped: int
    accepted_event_id: str | None = Field(default=None, sa_type=AnyText)
    accepted_at: datetime | None = Field(default=None, sa_type=UtcTime)
    accepted_by: str | None = Field(default=None, sa_type=AnyText)


class ApiKeyRow(_Table, table=True):
    """A key of the HTTP API."""

    __tablename__ = "api_keys"

    id: str = Field(primary_key=True, sa_type=AnyText)
    name: str = Field(sa_type=AnyText)
    secret_hash: str = Field(sa_type=AnyText)
    created_at: datetime = Field(sa_type=UtcTime)
    revoked_at: datetime | None = Field(sa_type=UtcTime)


class EndpointRow(_Table, table=True):
    """How an endpoint is doing and, if it was created at run time, what it is.

    A declared one has a row from when something happened to it.
    """

    __tablename__ = "endpoints"
    __table_args__ = (
        Index(
            "ix_endpoints_name",
            "namespace",
            "webhook",
            "name",
            unique=True,
            sqlite_where=text("config IS NOT NULL"),
            postgresql_where=text("config IS NOT NULL"),
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


class EndpointSecretRow(_Table, table=True):
    """A generated signing secret, encrypted."""

    __tablename__ = "endpoint_secrets"
    __table_args__ = (Index("ix_endpoint_secrets_owner", "owner"),)

    id: str = Field(primary_key=True, sa_type=AnyText)
    owner: str = Field(sa_type=AnyText)
    ciphertext: str = Field(sa_type=AnyText)
    created_at: datetime = Field(sa_type=UtcTime)
    expires_at: datetime | None = Field(default=None, sa_type=UtcTime)


class DeliveryRow(_Table, table=True):
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


class DeliveryAttemptRow(_Table, table=True):
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
