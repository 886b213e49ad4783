"""The tables of events, of what was refused, and of keys."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, LargeBinary
from sqlmodel import Field

from layeron.adapters.database.columns import AnyText, IndexedText, JsonText, UtcTime
from layeron.adapters.database.table import Table, partial_index
from layeron.event import SignatureStatus
from layeron.operating_records import Scope
from layeron.records import AttemptOutcome, Direction, EventStatus

_WEBHOOK = ("namespace", "webhook")
_OF_USER = "user_id IS NOT NULL"
_ANSWERED = "last_http_status IS NOT NULL"
_WITH_BODY = "body_erased_at IS NULL"


class EventRow(Table, table=True):
    """One event; its duplicates are counted in `DuplicateCountRow`.

    Every index ends with the id, so that each filter reads its newest events first without a
    sort (see `layeron.adapters.database.arms`); one begins with it, and holds what is counted.
    """

    __tablename__ = "events"
    __table_args__ = (
        Index("ix_events_status", "status", "id"),
        Index("ix_events_webhook", "namespace", "webhook", "id"),
        Index("ix_events_webhook_status", "namespace", "webhook", "status", "id"),
        Index("ix_events_type", "namespace", "webhook", "event_type", "id"),
        Index("ix_events_type_status", "namespace", "webhook", "event_type", "status", "id"),
        Index("ix_events_lately", "id", "status", *_WEBHOOK),
        Index("ix_events_external_event_key", "external_event_key", "id"),
        partial_index("ix_events_user", "user_id", *_WEBHOOK, "id", where=_OF_USER),
        partial_index(
            "ix_events_user_status", "user_id", *_WEBHOOK, "status", "id", where=_OF_USER
        ),
        partial_index("ix_events_http", "last_http_status", *_WEBHOOK, "id", where=_ANSWERED),
        partial_index(
            "ix_events_http_status",
            "last_http_status",
            *_WEBHOOK,
            "status",
            "id",
            where=_ANSWERED,
        ),
        partial_index("ix_events_body", *_WEBHOOK, "id", where=_WITH_BODY),
        partial_index(
            "ix_events_body_of_user", "user_id", "id", where=f"{_WITH_BODY} AND {_OF_USER}"
        ),
        partial_index("ix_events_erased", *_WEBHOOK, "id", where="body_erased_at IS NOT NULL"),
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
    last_http_status: int | None = None
    body_erased_at: datetime | None = Field(default=None, sa_type=UtcTime)


class WebhookRow(Table, table=True):
    """A webhook that has events: what a filter that names none has to look through."""

    __tablename__ = "webhooks"

    namespace: str = Field(primary_key=True, sa_type=AnyText)
    name: str = Field(primary_key=True, sa_type=AnyText)
    direction: Direction = Field(sa_type=AnyText)


class AttemptRow(Table, table=True):
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


class ReplayRow(Table, table=True):
    """One replay of an event."""

    __tablename__ = "replays"
    __table_args__ = (
        partial_index(
            "ix_replays_bulk", "event_id", "bulk_id", where="bulk_id IS NOT NULL", unique=True
        ),
    )

    event_id: str = Field(
        primary_key=True, sa_type=AnyText, foreign_key="events.id", ondelete="CASCADE"
    )
    number: int = Field(primary_key=True)
    requested_at: datetime = Field(sa_type=UtcTime)
    requested_by: str = Field(sa_type=AnyText)
    reason: str | None = Field(sa_type=AnyText)
    workflow_id: str = Field(sa_type=AnyText)
    status: EventStatus = Field(sa_type=AnyText)
    bulk_id: str | None = Field(default=None, sa_type=AnyText)


class DedupeKeyRow(Table, table=True):
    """Which event holds a dedupe key; the key itself is on the event.

    `expires_at` is the end of its window. An earlier release leaves it as it finds it.
    """

    __tablename__ = "dedupe_keys"
    __table_args__ = (Index("ix_dedupe_keys_expiry", "expires_at"),)

    namespace: str = Field(primary_key=True, sa_type=AnyText)
    webhook: str = Field(primary_key=True, sa_type=AnyText)
    key_sha256: str = Field(primary_key=True, sa_type=AnyText)
    event_id: str = Field(sa_type=AnyText)
    received_at: datetime = Field(sa_type=UtcTime)
    expires_at: datetime | None = Field(default=None, sa_type=UtcTime)


class AliasRow(Table, table=True):
    """The id of a repeat that was given out before it was known to be one."""

    __tablename__ = "aliases"
    __table_args__ = (Index("ix_aliases_event", "event_id"),)

    alias: str = Field(primary_key=True, sa_type=AnyText)
    event_id: str = Field(sa_type=AnyText)


class DuplicateCountRow(Table, table=True):
    """Repeats of an event; the event itself may come on record later."""

    __tablename__ = "duplicate_counts"

    event_id: str = Field(primary_key=True, sa_type=AnyText)
    count: int
    conflicts: int
    last_seen: datetime = Field(sa_type=UtcTime)


class RejectionRow(Table, table=True):
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


class ApiKeyRow(Table, table=True):
    """A key of the HTTP API."""

    __tablename__ = "api_keys"

    id: str = Field(primary_key=True, sa_type=AnyText)
    name: str = Field(sa_type=AnyText)
    secret_hash: str = Field(sa_type=AnyText)
    created_at: datetime = Field(sa_type=UtcTime)
    revoked_at: datetime | None = Field(sa_type=UtcTime)
    scopes: list[Scope] = Field(sa_type=JsonText, sa_column_kwargs={"server_default": '["admin"]'})
