"""SendGrid's events: https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event."""

from collections.abc import Mapping

from layeron.payload import Json
from layeron.provider import Sample
from layeron.providers.samples import fresh_id, unix_now


def sample(event_type: str) -> Sample:
    """A request with one event of any type."""
    event: Json = {
        "email": "jo@example.com",
        "timestamp": unix_now(),
        "smtp-id": f"<{fresh_id(size=22)}@mail.example.com>",
        "event": event_type,
        "category": ["welcome"],
        "sg_event_id": fresh_id(size=32),
        "sg_message_id": f"{fresh_id(size=22)}.filter0001.16648.5515E0B88.0",
        **_DETAILS.get(event_type, {}),
    }
    return Sample([event], {"content-type": "application/json"})


_DETAILS: Mapping[str, Mapping[str, Json]] = {
    "delivered": {"response": "250 OK"},
    "bounce": {"reason": "550 5.1.1 no such user", "status": "5.1.1", "type": "bounce"},
    "open": {"useragent": "Mozilla/5.0", "ip": "192.0.2.7", "sg_machine_open": False},
    "click": {"url": "https://example.com/tea", "useragent": "Mozilla/5.0", "ip": "192.0.2.7"},
}
