"""The frozen records that cross HTTP, the engine's history and the database.

A message grows only by optional fields: older workers and older histories read it too.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, TypeAlias

from layeron.event import SignatureStatus

Direction: TypeAlias = Literal["inbound", "outbound"]
EventStatus: TypeAlias = Literal[
    "accepted",
    "processing",
    "succeeded",
    "retrying",
    "dead_letter",
    "failed",
    "unhandled",
    "rejected",
    "held",
]
AttemptOutcome: TypeAlias = Literal["running", "succeeded", "failed", "timed_out", "interrupted"]

DeliveryStatus: TypeAlias = Literal[
    "queued", "retrying", "succeeded", "dead_letter", "held", "skipped"
]
"""``held``: its endpoint is disabled or deleted, and a replay sends it; ``skipped``: an operator
let a queue go on without it."""

FINAL_STATUSES: frozenset[EventStatus] = frozenset(
    {"succeeded", "dead_letter", "failed", "unhandled", "rejected", "held"}
)


@dataclass(frozen=True, slots=True)
class BodyReference:
    """Where a raw body is stored, and how to tell that it is still the same.

    Attributes:
        name: the object's name in the blob store.
        size: in bytes.
        sha256: hexadecimal digest of the bytes.
    """

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class HandlingPolicy:
    """How the handler of one event is run; taken from the declaration when the event starts.

    Attributes:
        attempts: how many times in all.
        initial_delay_seconds: before the second attempt.
        max_delay_seconds: no delay is longer.
        backoff: factor from one delay to the next.
        timeout_seconds: for one attempt.
        dead_letter: status when out of attempts: ``dead_letter``, or ``failed`` when False.
    """

    attempts: int = 5
    initial_delay_seconds: float = 5
    max_delay_seconds: float = 300
    backoff: float = 2.0
    timeout_seconds: float = 60
    dead_letter: bool = True

    @property
    def exhausted_status(self) -> EventStatus:
        """The status of an event whose attempts are used up."""
        return "dead_letter" if self.dead_letter else "failed"


@dataclass(frozen=True, slots=True)
class InboundEvent:
    """All that is known of a received event except its bytes: the input of its workflow.

    Attributes:
        workflow_id: of the run that was started for the first delivery (not of a replay).
        dedupe_key: the key as found in the request; None where nothing identifies the event.
        dedupe_ttl_seconds: how long a repeat of the key counts as a duplicate.
        body_stored: whether the body is in the blob store already, so that it does not travel.
        child_workflow: the name of the user's workflow that handles it, if one does.
        replay: 0 for the first handling, else the number of the replay.
        wants_answer: the sender waits for the handler's result.
        attempts_used: attempts made by activities that came before, in this workflow.
        traceparent: the span that it was received in, if it had to wait for the engine.
    """

    event_id: str
    workflow_id: str
    namespace: str
    webhook: str
    provider: str
    event_type: str
    external_event_id: str | None
    dedupe_key: str | None
    dedupe_ttl_seconds: float
    method: str
    url: str
    headers: list[tuple[str, str]]
    body: BodyReference
    body_stored: bool
    signature_status: SignatureStatus
    received_at: datetime
    policy: HandlingPolicy = field(default_factory=HandlingPolicy)
    signature_secret: str | None = None
    child_workflow: str | None = None
    replay: int = 0
    wants_answer: bool = False
    attempts_used: int = 0
    traceparent: str | None = None

    @property
    def content_digest(self) -> str:
        """What tells a repeat of it from another event that came under its key."""
        return self.body.sha256

    def is_in_window_of(self, first: datetime) -> bool:
        """Whether it is a repeat of an event with its key that was received at this time.

        That one may be later, as events are not always started in the order they came.
        """
        return abs((self.received_at - first).total_seconds()) < self.dedupe_ttl_seconds


@dataclass(frozen=True, slots=True)
class AttemptReport:
    """How one attempt ended, before it is written down.

    Attributes:
        number: from 1, within one handling (a replay starts again at 1).
        outcome: never ``running``.
        status: the status the event has after it.
        error: type and message of what the handler raised, bounded.
        error_trace: its traceback, bounded.
        logs: what the handler logged, each as a plain dict.
        response: what a ``queue=False`` handler answers, as JSON-able value.
        note: a remark of the system about the attempt.
    """

    number: int
    outcome: AttemptOutcome
    status: EventStatus
    started_at: datetime
    ended_at: datetime
    error: str | None = None
    error_trace: str | None = None
    permanent: bool = False
    logs: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    response: Any = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class AttemptRecord:
    """One attempt as it is on record.

    Attributes:
        endpoint: for outbound deliveries, the name of the endpoint it went to.
        failure: which kind of failure a delivery met (see `layeron.outbound.records`).
        http_status: what the endpoint answered.
        response_headers: of its answer; credentials among them are redacted.
        response_excerpt: the beginning of its answer.
        address: the address that was connected to.
        connect_seconds: until the connection stood; None where it stood before.
    """

    id: str
    event_id: str
    replay: int
    number: int
    outcome: AttemptOutcome
    started_at: datetime
    ended_at: datetime | None = None
    error: str | None = None
    error_trace: str | None = None
    logs: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    note: str | None = None
    endpoint: str | None = None
    endpoint_id: str | None = None
    failure: str | None = None
    http_status: int | None = None
    response_headers: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    response_excerpt: str | None = None
    address: str | None = None
    connect_seconds: float | None = None

    @property
    def duration_seconds(self) -> float | None:
        """How long it took; None while it runs."""
        return None if self.ended_at is None else (self.ended_at - self.started_at).total_seconds()


@dataclass(frozen=True, slots=True)
class ReplayRecord:
    """One replay of an event: who asked for it, when and why, and how it ended.

    Attributes:
        bulk_id: the bulk replay it belongs to.
    """

    event_id: str
    number: int
    requested_at: datetime
    requested_by: str
    reason: str | None
    workflow_id: str
    status: EventStatus
    bulk_id: str | None = None


@dataclass(frozen=True, slots=True)
class DeliveryRecord:
    """What is known of an event's way to one endpoint.

    Attributes:
        endpoint: its name.
        attempt_count: over all replays.
        replay: the number of the sending it is about: 0, or the latest replay's.
    """

    event_id: str
    endpoint_id: str
    endpoint: str
    status: DeliveryStatus
    attempt_count: int
    replay: int
    updated_at: datetime
    next_attempt_at: datetime | None = None
    last_error: str | None = None


@dataclass(frozen=True, slots=True)
class EventRecord:
    """The durable record of one event.

    Attributes:
        duplicates: how many repeats of it were received.
        conflicts: how many of those came with other bytes.
        run_id: the engine's run that handled it last.
        attempts: every attempt of every handling, oldest first; empty in lists.
        replays: oldest first; empty in lists.
        deliveries: of an outbound event, one for each endpoint; empty in lists.
        user_id: of an outbound event, the customer it is for.
        last_http_status: of the latest answer of an endpoint.
        body_erased_at: when the body was deleted, by policy or on request.
        in_inbox: it waits in the inbox, as the engine does not take it now.
    """

    id: str
    direction: Direction
    namespace: str
    webhook: str
    provider: str
    event_type: str
    external_event_id: str | None
    status: EventStatus
    signature_status: SignatureStatus
    received_at: datetime
    updated_at: datetime
    method: str
    url: str
    headers: list[tuple[str, str]]
    body: BodyReference
    dedupe_key: str | None
    workflow_id: str
    run_id: str | None
    signature_secret: str | None = None
    last_error: str | None = None
    attempt_count: int = 0
    replay_count: int = 0
    duplicates: int = 0
    conflicts: int = 0
    attempts: list[AttemptRecord] = field(default_factory=list[AttemptRecord])
    replays: list[ReplayRecord] = field(default_factory=list[ReplayRecord])
    deliveries: list[DeliveryRecord] = field(default_factory=list[DeliveryRecord])
    user_id: str | None = None
    last_http_status: int | None = None
    body_erased_at: datetime | None = None
    in_inbox: bool = False


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Which events to list; every field that is set must match.

    Attributes:
        event_type: exact, or a group such as ``invoice.*``.
        search: a beginning of the event type, of the provider's id, or a whole event id.
        since: received at or after this time.
        until: received before this time.
        http_status: of the latest answer of an endpoint.
        user_id: the customer an outbound event is for.
    """

    direction: Direction | None = None
    namespace: str | None = None
    webhook: str | None = None
    status: EventStatus | None = None
    event_type: str | None = None
    external_event_id: str | None = None
    search: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    http_status: int | None = None
    user_id: str | None = None


@dataclass(frozen=True, slots=True)
class EventPage:
    """One page of a listing, newest first.

    Attributes:
        next_cursor: give it to get the next page; None on the last one.
    """

    events: list[EventRecord]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class RejectionRecord:
    """A request that did not verify, for the operator's eyes.

    Attributes:
        id: ``whrej_…``, ordered by reception like an event's.
        cause: from the closed list `layeron.signing.verdict.Cause`.
        detail: the cause in words; holds no secret.
        headers: as received; credentials among them are redacted.
        size: of the body in bytes.
        body: the bytes; None in listings, and where the body was too large to be kept.
        skipped: how many refusals of this webhook and cause before this one were only counted.
        accepted_event_id: the event it became after it was verified again.
    """

    id: str
    namespace: str
    webhook: str
    received_at: datetime
    cause: str
    detail: str
    method: str
    url: str
    headers: list[tuple[str, str]]
    size: int
    body_sha256: str
    body: bytes | None = field(default=None, repr=False)
    skipped: int = 0
    accepted_event_id: str | None = None
    accepted_at: datetime | None = None
    accepted_by: str | None = None


@dataclass(frozen=True, slots=True)
class RejectionPage:
    """One page of rejections, newest first."""

    rejections: list[RejectionRecord]
    next_cursor: str | None
