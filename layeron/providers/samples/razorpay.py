"""Razorpay's events: https://razorpay.com/docs/webhooks/payloads/."""

from collections.abc import Mapping

from layeron.payload import Json
from layeron.provider import Sample
from layeron.providers.samples import fresh_id, unix_now

_PREFIXES = {"payment": "pay", "order": "order", "refund": "rfnd", "subscription": "sub"}


def sample(event_type: str) -> Sample:
    """An event of any type, about an entity of the kind that the type begins with."""
    kind = event_type.partition(".")[0]
    entity: Json = {
        "id": fresh_id(f"{_PREFIXES.get(kind, kind)}_", 14),
        "entity": kind,
        "created_at": unix_now(),
        **_ENTITIES.get(kind, {}),
    }
    payload: Json = {
        "entity": "event",
        "account_id": "acc_BFQ7uQEaa7j2z7",
        "event": event_type,
        "contains": [kind],
        "payload": {kind: {"entity": entity}},
        "created_at": unix_now(),
    }
    headers = {"content-type": "application/json", "x-razorpay-event-id": fresh_id(size=14)}
    return Sample(payload, headers)


_ENTITIES: Mapping[str, Mapping[str, Json]] = {
    "payment": {
        "amount": 238000,
        "currency": "INR",
        "status": "captured",
        "order_id": "order_DESlLckIVRkHWj",
        "method": "upi",
        "captured": True,
        "email": "jo@example.com",
    },
    "order": {"amount": 238000, "amount_paid": 238000, "currency": "INR", "status": "paid"},
    "refund": {"amount": 238000, "currency": "INR", "status": "processed"},
}
