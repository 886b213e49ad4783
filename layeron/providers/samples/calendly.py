"""Calendly's events: https://developer.calendly.com/api-docs/webhook-payload."""

from collections.abc import Mapping
from uuid import uuid4

from layeron.payload import Json
from layeron.provider import Sample
from layeron.providers.samples import iso_now

_API = "https://api.calendly.com"


def sample(event_type: str) -> Sample:
    """An event of any type, about an invitee."""
    event, now = f"{_API}/scheduled_events/{uuid4()}", iso_now()
    invitee: dict[str, Json] = {
        "uri": f"{event}/invitees/{uuid4()}",
        "event": event,
        "email": "ada@example.com",
        "name": "Ada Example",
        "status": "active",
        "timezone": "Europe/Berlin",
        "questions_and_answers": [],
        "rescheduled": False,
        "created_at": now,
        "updated_at": now,
        **_DIFFERENCES.get(event_type, {}),
    }
    payload: Json = {
        "event": event_type,
        "created_at": now,
        "created_by": f"{_API}/users/AAAAAAAAAAAAAAAA",
        "payload": invitee,
    }
    headers = {"content-type": "application/json", "user-agent": "Calendly"}
    return Sample(payload, headers)


_DIFFERENCES: Mapping[str, Mapping[str, Json]] = {
    "invitee.canceled": {
        "status": "canceled",
        "cancellation": {
            "canceled_by": "Ada Example",
            "reason": "A cold",
            "canceler_type": "invitee",
        },
    },
}
