"""Polar's events: https://docs.polar.sh/api-reference/webhooks."""

from collections.abc import Mapping
from uuid import uuid4

from layeron.payload import Json
from layeron.provider import Sample
from layeron.providers.samples import iso_now


def sample(event_type: str) -> Sample:
    """An event of any type, about an object of the kind that the type begins with."""
    kind, now = event_type.partition(".")[0], iso_now()
    payload: Json = {
        "type": event_type,
        "timestamp": now,
        "data": {
            "id": str(uuid4()),
            "created_at": now,
            "modified_at": None,
            "metadata": {},
            **_OBJECTS.get(kind, {}),
            **_DIFFERENCES.get(event_type, {}),
        },
    }
    headers = {
        "content-type": "application/json",
        "user-agent": "polar.sh webhooks",
        "webhook-id": str(uuid4()),
    }
    return Sample(payload, headers)


_CUSTOMER: Json = {
    "id": "992fae2a-2a17-4b7a-8d9e-e287cf90131b",
    "email": "ada@example.com",
    "email_verified": True,
    "name": "Ada Example",
}
_OBJECTS: Mapping[str, Mapping[str, Json]] = {
    "order": {
        "status": "paid",
        "paid": True,
        "subtotal_amount": 1000,
        "tax_amount": 190,
        "total_amount": 1190,
        "currency": "usd",
        "billing_reason": "purchase",
        "customer": _CUSTOMER,
        "product_id": "d8dd2de1-21b7-4a41-8bc3-ce909c0cfe23",
    },
    "subscription": {
        "status": "active",
        "amount": 1000,
        "currency": "usd",
        "recurring_interval": "month",
        "cancel_at_period_end": False,
        "customer": _CUSTOMER,
        "product_id": "d8dd2de1-21b7-4a41-8bc3-ce909c0cfe23",
    },
}
_DIFFERENCES: Mapping[str, Mapping[str, Json]] = {
    "order.created": {"status": "pending", "paid": False},
    "order.refunded": {"status": "refunded", "refunded_amount": 1190},
    "subscription.canceled": {"cancel_at_period_end": True},
    "subscription.revoked": {"status": "canceled"},
}
