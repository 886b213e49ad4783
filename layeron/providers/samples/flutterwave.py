"""Flutterwave's events of v4: https://developer.flutterwave.com/docs/webhooks."""

from collections.abc import Mapping

from layeron.payload import Json
from layeron.provider import Sample
from layeron.providers.samples import fresh_id, iso_now, unix_now

_PREFIXES = {"charge": "chg", "transfer": "trf", "refund": "rfd"}


def sample(event_type: str) -> Sample:
    """An event of any type, about an object of the kind that the type begins with."""
    kind = event_type.partition(".")[0]
    data: Json = {
        "id": fresh_id(f"{_PREFIXES.get(kind, kind)}_", 10),
        "reference": fresh_id(size=12),
        "created_datetime": iso_now(),
        **_OBJECTS.get(kind, {}),
    }
    payload: Json = {
        "webhook_id": fresh_id("wbk_", 20),
        "timestamp": unix_now() * 1000,
        "type": event_type,
        "data": data,
    }
    return Sample(payload, {"content-type": "application/json"})


_OBJECTS: Mapping[str, Mapping[str, Json]] = {
    "charge": {
        "amount": 2380,
        "currency": "NGN",
        "status": "succeeded",
        "customer": {"id": "cus_3XarBILKQS", "email": "jo@example.com"},
    },
    "transfer": {"amount": 2380, "source_currency": "NGN", "status": "SUCCESSFUL"},
}
