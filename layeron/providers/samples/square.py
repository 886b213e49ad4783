"""Square's event notifications: https://developer.squareup.com/docs/webhooks/v2-events-tech-ref."""

from collections.abc import Mapping
from uuid import uuid4

from layeron.payload import Json
from layeron.provider import Sample
from layeron.providers.samples import fresh_id, iso_now


def sample(event_type: str) -> Sample:
    """A notification of any type, about an object of the kind that the type begins with."""
    kind = event_type.partition(".")[0]
    number = fresh_id(size=22)
    about: dict[str, Json] = {"id": number, "created_at": iso_now(), "updated_at": iso_now()}
    payload: Json = {
        "merchant_id": "6SSW7HV8K2ST5",
        "type": event_type,
        "event_id": str(uuid4()),
        "created_at": iso_now(),
        "data": {
            "type": kind,
            "id": number,
            "object": {kind: {**about, **_OBJECTS.get(kind, {})}},
        },
    }
    headers = {"content-type": "application/json", "square-environment": "Sandbox"}
    return Sample(payload, headers)


_OBJECTS: Mapping[str, Mapping[str, Json]] = {
    "payment": {
        "amount_money": {"amount": 2380, "currency": "EUR"},
        "location_id": "L88917AVBK2S5",
        "order_id": "CAISENgvlJ6jLWAzERDzjyHVybY",
        "source_type": "CARD",
        "status": "COMPLETED",
    },
    "refund": {
        "amount_money": {"amount": 2380, "currency": "EUR"},
        "payment_id": "bP9mAsEMYPUGjjGNaNO5ZDVyLhSZY",
        "status": "COMPLETED",
    },
    "invoice": {"invoice_number": "000042", "status": "PAID", "title": "Tea"},
}
