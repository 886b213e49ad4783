"""What the operator of a publisher is told of, as events of an operational webhook."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from layeron.outbound.records import OutboundEvent
from layeron.ports.deliveries import Ended, Finished

ENDPOINT_DISABLED = "endpoint.disabled"
ATTEMPT_EXHAUSTED = "message.attempt.exhausted"


@dataclass(frozen=True, slots=True)
class Notice:
    """One operational event.

    Attributes:
        key: its idempotency key: told twice, it is one event.
    """

    event_type: str
    key: str
    data: dict[str, Any] = field(default_factory=dict[str, Any])


def notices_of(event: OutboundEvent, outcome: Finished | Ended) -> Iterator[Notice]:
    """What there is to tell about a delivery."""
    about = {
        "webhook": event.webhook,
        "namespace": event.namespace,
        "endpoint_id": outcome.endpoint_id,
        "event_id": event.event_id,
        "event_type": event.event_type,
        "user_id": event.user_id,
    }
    attempt = f"{event.event_id}/{outcome.endpoint_id}/{event.replay}"
    if outcome.disabled is not None:
        yield Notice(
            ENDPOINT_DISABLED,
            f"{ENDPOINT_DISABLED}/{attempt}",
            {**about, "reason": outcome.disabled},
        )
    if outcome.status == "dead_letter":
        yield Notice(ATTEMPT_EXHAUSTED, f"{ATTEMPT_EXHAUSTED}/{attempt}", about)
