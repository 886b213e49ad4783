"""Chargebee's events: https://apidocs.chargebee.com/docs/api/events."""

from collections.abc import Mapping

from layeron.payload import Json
from layeron.provider import Sample
from layeron.providers.samples import fresh_id, unix_now


def sample(event_type: str) -> Sample:
    """An event of any type, about an object of the kind that the type begins with."""
    kind = next((each for each in _OBJECTS if event_type.startswith(each)), "customer")
    about: Json = {
        "id": fresh_id(size=16),
        "object": kind,
        "created_at": unix_now(),
        "updated_at": unix_now(),
        **_OBJECTS[kind],
    }
    payload: Json = {
        "id": fresh_id("ev_", 16),
        "occurred_at": unix_now(),
        "source": "api",
        "object": "event",
        "api_version": "v2",
        "content": {kind: about},
        "event_type": event_type,
        "webhook_status": "scheduled",
        "webhooks": [],
    }
    return Sample(
        payload, {"content-type": "application/json;charset=UTF-8", "user-agent": "ChargeBee"}
    )


_OBJECTS: Mapping[str, Mapping[str, Json]] = {
    "subscription": {"status": "active", "currency_code": "EUR", "customer_id": "cus_1"},
    "payment": {"status": "success", "amount": 2380, "currency_code": "EUR", "type": "payment"},
    "invoice": {"status": "paid", "total": 2380, "amount_due": 0, "currency_code": "EUR"},
    "customer": {"first_name": "Jo", "last_name": "Brown", "email": "jo@example.com"},
}
