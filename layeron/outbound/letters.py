"""Events that are ready to be sent: checked, written as bytes, addressed."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from layeron.errors import PayloadError
from layeron.identity import body_name, new_event_id, outbound_workflow_id
from layeron.options import did_you_mean
from layeron.outbound.declaration import OutboundWebhook
from layeron.outbound.outgoing import OutgoingEvent, check_outgoing, enveloped
from layeron.outbound.records import EndpointRecord, OutboundEvent
from layeron.records import BodyReference


@dataclass(frozen=True, slots=True)
class Letter:
    """An event ready to be sent.

    Attributes:
        body: the exact bytes.
        endpoints: where to.
    """

    event: OutboundEvent
    body: bytes = field(repr=False)
    endpoints: Sequence[EndpointRecord] = ()

    def to(self, endpoints: Sequence[EndpointRecord]) -> "Letter":
        """The same, addressed."""
        addressed = replace(
            self.event,
            endpoints=[each.id for each in endpoints],
            lanes=[each.id for each in endpoints if each.fifo],
        )
        return replace(self, event=addressed, endpoints=endpoints)

    def as_test(self) -> "Letter":
        """The same for one attempt, which goes past the queue of a ``fifo`` endpoint."""
        return replace(self, event=replace(self.event, single_attempt=True, lanes=[]))


def write(
    webhook: OutboundWebhook,
    event: OutgoingEvent,
    *,
    now: datetime,
    largest: int,
    as_declared: bool = True,
) -> Letter:
    """An event as it is sent, without an address.

    Args:
        webhook: that sends it.
        event: what was handed to `send`.
        now: its time of sending.
        largest: how many bytes a body may have.
        as_declared: its type must be declared, and its payload fit the schema.

    Raises:
        PayloadError: it cannot be sent; says what and why.
    """
    data = check_outgoing(event)
    if as_declared:
        check_declared(webhook, event.event_type)
        _check_schema(webhook, event.event_type, data)
    body = enveloped(event.event_type, data, now) if webhook.envelope else data
    if len(body) > largest:
        raise PayloadError(
            f"payload: {len(body)} bytes are too many, at most {largest} are sent; send an address"
            " where the rest is found, or raise LAYERON_MAX_BODY"
        )
    event_id = new_event_id(now)
    key = event.idempotency_key or event_id
    sha256 = hashlib.sha256(body).hexdigest()
    what = json.dumps([event.event_type, event.user_id]).encode() + data
    return Letter(
        OutboundEvent(
            event_id=event_id,
            workflow_id=outbound_workflow_id(webhook.namespace, webhook.name, key),
            namespace=webhook.namespace,
            webhook=webhook.name,
            event_type=event.event_type,
            idempotency_key=event.idempotency_key,
            user_id=event.user_id,
            headers=list((event.headers or {}).items()),
            body=BodyReference(
                body_name(webhook.namespace, webhook.name, key, sha256, now), len(body), sha256
            ),
            body_stored=False,
            sent_at=now,
            endpoints=[],
            content_sha256=hashlib.sha256(what).hexdigest(),
        ),
        body,
    )


def check_declared(webhook: OutboundWebhook, event_type: str) -> None:
    """Return if events of this type may be sent.

    Raises:
        PayloadError: the webhook declares its types, and this is none of them.
    """
    if webhook.event_types and event_type not in webhook.event_types:
        raise PayloadError(
            f"event_type: webhook {webhook.name!r} declares no {event_type!r};"
            f" {did_you_mean(event_type, list(webhook.event_types))}"
        )


def _check_schema(webhook: OutboundWebhook, event_type: str, data: bytes) -> None:
    """Judge what a receiver reads: a tuple, say, has become a list."""
    schema = webhook.schema_of(event_type)
    if schema is None:
        return
    try:
        mistake = schema.mistake_in(json.loads(data))
    except RecursionError:
        mistake = "it is nested too deep"
    if mistake:
        raise PayloadError(f"payload: it does not fit the schema of {event_type!r}: {mistake}")
