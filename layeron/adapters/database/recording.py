"""Events put on record, once, whichever way they go."""

from typing import Any

from sqlmodel import Session

from layeron.adapters.database import events
from layeron.adapters.database.tables import EventRow, WebhookRow
from layeron.adapters.database.upsert import insert_if_new
from layeron.outbound.records import OutboundEvent
from layeron.records import Direction, EventStatus, InboundEvent

DIED = "the worker stopped before this attempt ended"
"""What is noted of an attempt that is found running when the next one begins."""


def put_on_record(
    session: Session, event: InboundEvent | OutboundEvent, status: EventStatus
) -> EventRow:
    """Insert an event, unless another transaction does at this moment, and lock it."""
    direction: Direction = "inbound" if isinstance(event, InboundEvent) else "outbound"
    owner = {"namespace": event.namespace, "name": event.webhook, "direction": direction}
    insert_if_new(session, WebhookRow, owner)
    insert_if_new(
        session,
        EventRow,
        {
            "id": event.event_id,
            "direction": direction,
            "namespace": event.namespace,
            "webhook": event.webhook,
            "event_type": event.event_type,
            "status": status,
            "headers": event.headers,
            "body_name": event.body.name,
            "body_size": event.body.size,
            "body_sha256": event.body.sha256,
            "workflow_id": event.workflow_id,
            "attempt_count": 0,
            "replay_count": event.replay,
            **(_received(event) if isinstance(event, InboundEvent) else _sent(event)),
        },
    )
    row = events.lock(session, event.event_id)
    if row is None:  # inserted just now, or by who held us up: only a deletion explains it
        raise LookupError(f"the record of {event.event_id} was deleted while it was written.")
    return row


def _received(event: InboundEvent) -> dict[str, Any]:
    return {
        "provider": event.provider,
        "external_event_id": event.external_event_id,
        "external_event_key": event.external_event_id,
        "signature_status": event.signature_status,
        "signature_secret": event.signature_secret,
        "received_at": event.received_at,
        "updated_at": event.received_at,
        "method": event.method,
        "url": event.url,
        "dedupe_key": event.dedupe_key,
        "user_id": None,
    }


def _sent(event: OutboundEvent) -> dict[str, Any]:
    return {
        "provider": event.provider,
        "external_event_id": event.idempotency_key,
        "external_event_key": event.idempotency_key,
        "signature_status": "skipped",
        "signature_secret": None,
        "received_at": event.sent_at,
        "updated_at": event.sent_at,
        "method": "POST",
        "url": "",
        "dedupe_key": event.idempotency_key,
        "user_id": event.user_id,
    }
