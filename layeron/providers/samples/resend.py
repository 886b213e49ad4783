"""Resend's events: https://resend.com/docs/webhooks/event-types."""

from collections.abc import Mapping

from layeron.payload import Json
from layeron.provider import Sample
from layeron.providers.samples import fresh_id, iso_now, svix


def sample(event_type: str) -> Sample:
    """An event of any type, about an email or a contact."""
    now = iso_now()
    if event_type.startswith("contact."):
        about: dict[str, Json] = {"id": fresh_id(size=32), **_CONTACT}
    else:
        about = {"email_id": fresh_id(size=32), **_EMAIL, **_DIFFERENCES.get(event_type, {})}
    payload: Json = {"type": event_type, "created_at": now, "data": {**about, "created_at": now}}
    return Sample(payload, svix.headers())


_CONTACT: Mapping[str, Json] = {
    "email": "ada@example.com",
    "first_name": "Ada",
    "last_name": "Example",
    "unsubscribed": False,
}
_EMAIL: Mapping[str, Json] = {
    "from": "Acme <onboarding@example.com>",
    "to": ["ada@example.com"],
    "subject": "Welcome",
    "tags": {"category": "confirm_email"},
}
_DIFFERENCES: Mapping[str, Mapping[str, Json]] = {
    "email.bounced": {
        "bounce": {
            "message": "The recipient's mailbox does not exist.",
            "subType": "General",
            "type": "Permanent",
        }
    },
    "email.clicked": {
        "click": {"ipAddress": "203.0.113.7", "link": "https://example.com/welcome"},
    },
}
