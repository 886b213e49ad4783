"""Paystack's events: https://paystack.com/docs/payments/webhooks/."""

from collections.abc import Mapping

from layeron.payload import Json
from layeron.provider import Sample
from layeron.providers.samples import fresh_id, iso_now


def sample(event_type: str) -> Sample:
    """An event of any type, about an object of the kind that the type begins with."""
    kind = event_type.partition(".")[0]
    data: Json = {
        "id": int(fresh_id(size=8), 16),
        "domain": "test",
        "reference": fresh_id(size=10),
        "created_at": iso_now(),
        **_OBJECTS.get(kind, {}),
    }
    payload: Json = {"event": event_type, "data": data}
    return Sample(payload, {"content-type": "application/json"})


_CUSTOMER: Json = {"email": "jo@example.com", "customer_code": "CUS_f3kdoe2zk9ttpbc"}

_OBJECTS: Mapping[str, Mapping[str, Json]] = {
    "charge": {
        "status": "success",
        "amount": 238000,
        "currency": "NGN",
        "channel": "card",
        "gateway_response": "Approved",
        "customer": _CUSTOMER,
    },
    "transfer": {"status": "success", "amount": 238000, "currency": "NGN", "reason": "Tea"},
    "subscription": {"status": "active", "amount": 238000, "customer": _CUSTOMER},
}
