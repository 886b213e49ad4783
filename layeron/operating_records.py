"""The frozen records of operating: keys and logins, the audit log, bulk replays, statistics.

Like those in `layeron.records`, they grow only by optional fields.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, TypeAlias

from layeron.records import EventFilter, EventStatus

Scope: TypeAlias = Literal["read", "replay", "send", "admin"]
"""What a key is good for: ``replay`` holds ``read``, and ``admin`` holds everything."""

_HELD_BY: dict[Scope, frozenset[Scope]] = {
    "read": frozenset({"read", "replay", "admin"}),
    "replay": frozenset({"replay", "admin"}),
    "send": frozenset({"send", "admin"}),
    "admin": frozenset({"admin"}),
}


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key of the HTTP API; only the hash of its secret part is kept."""

    id: str
    name: str
    secret_hash: str = field(repr=False)
    created_at: datetime
    revoked_at: datetime | None = None
    scopes: tuple[Scope, ...] = ("admin",)

    def may(self, scope: Scope) -> bool:
        """Whether one of its scopes holds this one."""
        return not _HELD_BY[scope].isdisjoint(self.scopes)


@dataclass(frozen=True, slots=True)
class Session:
    """A login to the dashboard; only the hash of its cookie is kept.

    Attributes:
        token_hash: of the cookie.
        key_id: the key it was opened with: the session ends when that is revoked.
    """

    token_hash: str = field(repr=False)
    key_id: str
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One change or replay: who asked for it, when, and what was answered.

    Attributes:
        id: ``whaud_…``, ordered by time.
        actor: whose key it was, and whether it came over the API or the dashboard.
        action: such as ``event.replay`` or ``endpoint.create``.
        target: what it was about, such as an id or a path.
        detail: more of what was asked; holds no secret.
        status: the HTTP status of the answer; None if none was given (the process died).
    """

    id: str
    at: datetime
    actor: str
    action: str
    target: str
    detail: dict[str, Any] = field(default_factory=dict[str, Any])
    status: int | None = None


@dataclass(frozen=True, slots=True)
class AuditPage:
    """One page of the audit log, newest first."""

    entries: list[AuditEntry]
    next_cursor: str | None


BulkStatus: TypeAlias = Literal["running", "paused", "stopped", "finished"]


@dataclass(frozen=True, slots=True)
class BulkReplay:
    """A replay of many events.

    Attributes:
        id: ``whblk_…``.
        where: which events, among those that were on record when it was asked for.
        statuses: of these statuses, which `where` then leaves out.
        event_ids: instead: exactly these.
        endpoint_id: of events that are sent: only to this endpoint, and also those it never got.
        rate_per_second: so many events are replayed in a second at most.
        total: how many events it was about when it was asked for; a lower bound if `capped`.
        examined: how many have been looked at.
        replayed: of these, how many replays were started.
        skipped: of these, how many could not be replayed, because they are still being handled, are
            gone or have lost their body.
        cursor: the last event looked at.
        idempotency_key: of the caller's; there is one bulk replay for one key.
    """

    id: str
    requested_by: str
    reason: str | None
    status: BulkStatus
    created_at: datetime
    updated_at: datetime
    where: EventFilter | None = None
    event_ids: list[str] | None = None
    endpoint_id: str | None = None
    rate_per_second: float = 10
    total: int = 0
    capped: bool = False
    examined: int = 0
    replayed: int = 0
    skipped: int = 0
    cursor: str | None = None
    statuses: list[EventStatus] | None = None
    idempotency_key: str | None = None


@dataclass(frozen=True, slots=True)
class BulkReplayPage:
    """One page of bulk replays, newest first."""

    bulk_replays: list[BulkReplay]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class Count:
    """How many events match.

    Attributes:
        capped: there are more; counting stopped there.
    """

    total: int
    capped: bool = False


@dataclass(frozen=True, slots=True)
class Bucket:
    """Events received in one span of time, by their present status."""

    start: datetime
    counts: dict[EventStatus, int] = field(default_factory=dict[EventStatus, int])


@dataclass(frozen=True, slots=True)
class Activity:
    """What happened lately.

    Attributes:
        since: from when on; later than what was asked for where there were too many events.
        counts: of all of them, by status.
        webhooks: the same for each webhook, as ``namespace/name``.
        seconds_p50: from reception to the end of the attempt that succeeded.
    """

    since: datetime
    buckets: list[Bucket]
    counts: dict[EventStatus, int]
    webhooks: dict[str, dict[EventStatus, int]]
    seconds_p50: float | None = None
    seconds_p99: float | None = None
