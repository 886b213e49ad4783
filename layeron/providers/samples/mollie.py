"""Mollie's next-gen events: https://docs.mollie.com/reference/webhooks-new."""

from layeron.payload import Json
from layeron.provider import Sample
from layeron.providers.samples import fresh_id, iso_now

_PREFIXES = {"payment-link": "pl", "payment": "tr", "sales-invoice": "invoice"}


def sample(event_type: str) -> Sample:
    """An event of any type, without its entity."""
    kind = event_type.partition(".")[0]
    payload: Json = {
        "resource": "event",
        "id": fresh_id("event_", 22),
        "type": event_type,
        "entityId": fresh_id(f"{_PREFIXES.get(kind, kind)}_", 22),
        "createdAt": iso_now(),
        "_links": {},
    }
    return Sample(
        payload, {"content-type": "application/json", "user-agent": "Mollie HTTP client/1.0"}
    )
