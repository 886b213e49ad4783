"""Lemon Squeezy's events: https://docs.lemonsqueezy.com/help/webhooks/example-payloads."""

from collections.abc import Mapping
from uuid import uuid4

from layeron.payload import Json
from layeron.provider import Sample
from layeron.providers.samples import iso_now, unix_now


def sample(event_type: str) -> Sample:
    """An event of any name, about an object of the kind that the name begins with."""
    kind = event_type.partition("_")[0]
    attributes: Json = {
        "store_id": 1,
        "user_email": "jo@example.com",
        "user_name": "Jo Brown",
        "created_at": iso_now(),
        "updated_at": iso_now(),
        "test_mode": True,
        **_ATTRIBUTES.get(kind, {}),
    }
    payload: Json = {
        "meta": {
            "event_name": event_type,
            "test_mode": True,
            "custom_data": {"cart": str(uuid4())},
        },
        "data": {"type": f"{kind}s", "id": str(unix_now()), "attributes": attributes},
    }
    return Sample(payload, {"content-type": "application/json", "x-event-name": event_type})


_ATTRIBUTES: Mapping[str, Mapping[str, Json]] = {
    "order": {"currency": "EUR", "order_number": 42, "status": "paid", "total": 2380},
    "subscription": {"product_name": "Tea club", "renews_at": None, "status": "active"},
    "license": {"activation_limit": 5, "status": "active"},
}
