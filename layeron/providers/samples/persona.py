"""Persona's events: https://docs.withpersona.com/webhooks."""

from layeron.payload import Json
from layeron.provider import Sample
from layeron.providers.samples import fresh_id, iso_now


def sample(event_type: str) -> Sample:
    """An event of any type, about an object of the kind that the type begins with."""
    kind, _, status = event_type.partition(".")
    now = iso_now()
    about: Json = {
        "type": kind,
        "id": fresh_id(f"{kind[:3]}_"),
        "attributes": {"status": status, "reference-id": "user-42", "created-at": now},
    }
    payload: Json = {
        "data": {
            "type": "event",
            "id": fresh_id("evt_"),
            "attributes": {
                "name": event_type,
                "created-at": now,
                "redacted-at": None,
                "payload": {"data": about},
            },
        }
    }
    return Sample(payload, {"content-type": "application/json"})
