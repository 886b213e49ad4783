"""The frozen records of sending; they cross HTTP, the engine's history and the database.

A message grows only by optional fields: older workers and older histories read it too.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, TypeAlias

from layeron.records import BodyReference, DeliveryRecord, DeliveryStatus

EndpointStatus: TypeAlias = Literal["enabled", "disabled"]
DisabledReason: TypeAlias = Literal["operator", "gone", "failing"]
"""Why an endpoint is disabled: by an operator, by its own 410, or because for days all failed."""

FailureKind: TypeAlias = Literal[
    "refused_url", "dns", "connect", "tls", "timeout", "protocol", "status", "unsigned"
]
"""What went wrong: the address is not allowed, its name was not found, nobody took the connection,
the certificate is bad, it took too long, the answer was no HTTP, its status was not 2xx, or the
request could not be signed."""

TESTER = "layeron test"

ENDED: frozenset[DeliveryStatus] = frozenset({"succeeded", "dead_letter", "held", "skipped"})


@dataclass(frozen=True, slots=True)
class OutboundEvent:
    """All that is known of an event to send except its bytes: the input of its workflow.

    Attributes:
        workflow_id: of the run that sends it first (not of a replay).
        headers: more header fields for every endpoint.
        body: of the exact bytes to send.
        body_stored: whether the body is in the blob store already, so that it does not travel.
        endpoints: ids of the endpoints it goes to.
        lanes: those among them that take one event after the other.
        replay: 0 for the first sending, else the number of the replay.
        single_attempt: give up after one attempt, as a test ping does.
        part: a large event is sent by several workflows, of which this is one.
        content_sha256: of type, user and payload, which are the same when it is sent again; the
            body holds the time of sending.
        traceparent: the span that it was sent in, if it had to wait for the engine.
    """

    event_id: str
    workflow_id: str
    namespace: str
    webhook: str
    event_type: str
    idempotency_key: str | None
    user_id: str | None
    headers: list[tuple[str, str]]
    body: BodyReference
    body_stored: bool
    sent_at: datetime
    endpoints: list[str]
    lanes: list[str] = field(default_factory=list[str])
    replay: int = 0
    single_attempt: bool = False
    part: int = 0
    content_sha256: str | None = None
    traceparent: str | None = None

    @property
    def provider(self) -> str:
        """Who is on record as its maker: the application, or somebody who tests an endpoint."""
        return TESTER if self.single_attempt else "layeron"

    @property
    def direct(self) -> list[str]:
        """Ids of the endpoints that wait for no other event: what waits in a lane is the lane's."""
        lanes = set(self.lanes)
        return [each for each in self.endpoints if each not in lanes]

    @property
    def content_digest(self) -> str:
        """What tells a repeat of it from another event that was sent under its key.

        The bytes hold the time of sending, which is another in a repeat.
        """
        return self.content_sha256 or self.body.sha256

    def is_in_window_of(self, first: datetime) -> bool:  # noqa: ARG002  # as `InboundEvent` has it
        """Whether it is a repeat of an event with its key; always, as these have no window."""
        return True


@dataclass(frozen=True, slots=True)
class EndpointState:
    """How an endpoint is doing; changed by its deliveries.

    Attributes:
        failing_since: the first failure after the last success.
        failures: in a row.
        throttled_until: nothing is sent before.
        next_slot: when the rate limit lets the next delivery through.
    """

    status: EndpointStatus = "enabled"
    disabled_reason: DisabledReason | None = None
    disabled_at: datetime | None = None
    failing_since: datetime | None = None
    failures: int = 0
    throttled_until: datetime | None = None
    next_slot: datetime | None = None


@dataclass(frozen=True, slots=True)
class EndpointRecord:
    """Where events of a webhook are sent.

    Attributes:
        id: ``whep_…``; of a declared endpoint it follows from its name.
        declared: written in code; False for one that was created at run time.
        event_types: exact types, groups such as ``invoice.*``, or ``*``; empty means all.
        headers: sent with each request.
        timeout_seconds: for a whole attempt.
        retry_delays: seconds before the second attempt, the third, and so on.
        retry_jitter: each delay is made longer by up to this part of it.
        rate_limit: deliveries a second; None for as many as come.
        fifo: one after the other, each waits for the success of the one before.
        user_id: the customer it belongs to; only events of this customer are sent to it.
    """

    id: str
    namespace: str
    webhook: str
    name: str
    declared: bool
    url: str
    event_types: list[str] = field(default_factory=list[str])
    headers: dict[str, str] = field(default_factory=dict[str, str])
    timeout_seconds: float = 20
    retry_delays: list[float] = field(default_factory=list[float])
    retry_jitter: float = 0.1
    rate_limit: float | None = None
    fifo: bool = False
    description: str = ""
    metadata: dict[str, Any] = field(default_factory=dict[str, Any])
    user_id: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    state: EndpointState = field(default_factory=EndpointState)


@dataclass(frozen=True, slots=True)
class EndpointPage:
    """One page of endpoints.

    Attributes:
        next_cursor: give it to get the next page; None on the last one.
    """

    endpoints: list[EndpointRecord]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class StoredSecret:
    """A generated signing secret as it is kept: encrypted.

    Attributes:
        expires_at: until then it still signs, beside the newer one; None for the current one.
    """

    id: str
    ciphertext: str = field(repr=False)
    created_at: datetime
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NewSecret:
    """A generated signing secret, shown this one time.

    Attributes:
        secret: ``whsec_…``, or ``whcms_…`` where it belongs to a user.
        previous_expires_at: until when the one before signs too; None if there was none.
    """

    secret: str = field(repr=False)
    created_at: datetime
    previous_expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """How one attempt to deliver ended, before it is written down.

    Attributes:
        number: from 1, within one sending (a replay starts again at 1).
        status: of the delivery after it, unless its endpoint is disabled meanwhile.
        next_attempt_at: when the next attempt is due, if there is one.
        failure: what went wrong; None after a success.
        error: the same in words; holds no secret.
        overloaded: the endpoint asked for less (429, 502, 504).
        retry_after_seconds: how long it asked to be left alone, within our cap.
        gone: it answered 410, which asks to be sent nothing any more.
        address: the one that was connected to.
        connect_seconds: until the connection stood; None where it stood before.
        unsent: nothing was sent, for a reason of ours: no attempt is used up, and the endpoint is
            none the wiser.
    """

    endpoint_id: str
    number: int
    status: DeliveryStatus
    started_at: datetime
    ended_at: datetime
    next_attempt_at: datetime | None = None
    failure: FailureKind | None = None
    error: str | None = None
    overloaded: bool = False
    retry_after_seconds: float | None = None
    gone: bool = False
    http_status: int | None = None
    response_headers: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    response_excerpt: str | None = None
    address: str | None = None
    connect_seconds: float | None = None
    unsent: bool = False


@dataclass(frozen=True, slots=True)
class DeliveryPage:
    """One page of deliveries, newest event first.

    Attributes:
        next_cursor: give it to get the next page; None on the last one.
    """

    deliveries: list[DeliveryRecord]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class QueuedDelivery:
    """One entry of what `send` answers.

    Attributes:
        endpoint: its name.
        attempt_id: of the first attempt.
    """

    endpoint: str
    endpoint_id: str
    status: DeliveryStatus
    attempt_id: str


@dataclass(frozen=True, slots=True)
class SendResult:
    """What `send` answers: the event is durable and on its way.

    Attributes:
        duplicate: its idempotency key was used before; this is the first event.
        conflict: the first event with this key had another type, user or payload.
    """

    event_id: str
    deliveries: list[QueuedDelivery]
    duplicate: bool = False
    conflict: bool = False
