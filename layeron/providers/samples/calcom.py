"""Cal.com's events: https://cal.com/docs/developing/guides/automation/webhooks."""

from layeron.payload import Json
from layeron.provider import Sample
from layeron.providers.samples import fresh_id, iso_now

_ZONE = "Europe/Berlin"


def sample(event_type: str) -> Sample:
    """An event of any type, about a booking."""
    now = iso_now()
    booking: dict[str, Json] = {
        "type": "30min",
        "title": "30 minutes with Grace",
        "uid": fresh_id(size=22),
        "bookingId": 91,
        "startTime": now,
        "endTime": now,
        "organizer": {"name": "Grace", "email": "grace@example.com", "timeZone": _ZONE},
        "attendees": [{"name": "Ada Example", "email": "ada@example.com", "timeZone": _ZONE}],
        "status": "ACCEPTED",
    }
    if event_type == "BOOKING_CANCELLED":
        booking |= {"status": "CANCELLED", "cancellationReason": "A cold"}
    payload: Json = {"triggerEvent": event_type, "createdAt": now, "payload": booking}
    return Sample(
        payload, {"content-type": "application/json", "x-cal-webhook-version": "2021-10-20"}
    )
