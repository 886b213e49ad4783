"""Mailgun's events: https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks."""

from collections.abc import Mapping

from layeron.payload import Json
from layeron.provider import Sample
from layeron.providers.samples import fresh_id, unix_now


def sample(event_type: str) -> Sample:
    """An event of any type, about one message."""
    event: Json = {
        "id": fresh_id(size=22),
        "timestamp": float(unix_now()),
        "event": event_type,
        "log-level": "error" if event_type == "failed" else "info",
        "recipient": "jo@example.com",
        "recipient-domain": "example.com",
        "message": {
            "headers": {
                "from": "Tea House <tea@example.org>",
                "message-id": f"{fresh_id(size=22)}@example.org",
                "subject": "Your tea is on its way",
                "to": "jo@example.com",
            },
            "size": 512,
        },
        "tags": ["orders"],
        "user-variables": {},
        **_DETAILS.get(event_type, {}),
    }
    payload: Json = {"signature": {"token": fresh_id(size=50)}, "event-data": event}
    return Sample(
        payload, {"content-type": "application/json", "user-agent": "mailgun/treq-25.5.0"}
    )


_DETAILS: Mapping[str, Mapping[str, Json]] = {
    "delivered": {"delivery-status": {"code": 250, "message": "OK", "attempt-no": 1}},
    "failed": {
        "severity": "permanent",
        "reason": "bounce",
        "delivery-status": {"code": 550, "message": "5.1.1 no such user", "attempt-no": 1},
    },
    "opened": {"ip": "192.0.2.7", "geolocation": {"country": "DE"}},
}
