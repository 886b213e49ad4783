"""Okta's event hooks: https://developer.okta.com/docs/concepts/event-hooks/#sample-event-delivery-payload."""

from uuid import uuid4

from layeron.payload import Json
from layeron.provider import Sample
from layeron.providers.samples import fresh_id, iso_now


def sample(event_type: str) -> Sample:
    """One event of any type, about one user."""
    event: Json = {
        "uuid": str(uuid4()),
        "published": iso_now(),
        "eventType": event_type,
        "version": "0",
        "displayMessage": "Create Okta user",
        "severity": "INFO",
        "actor": {"id": "00u1", "type": "User", "alternateId": "admin@example.com"},
        "outcome": {"result": "SUCCESS"},
        "target": [{"id": "00u2", "type": "User", "alternateId": "octavia@example.com"}],
    }
    payload: Json = {
        "eventType": "com.okta.event_hook",
        "eventTypeVersion": "1.0",
        "cloudEventsVersion": "0.1",
        "source": f"https://example.okta.com/api/v1/eventHooks/{fresh_id('who', 18)}",
        "eventId": str(uuid4()),
        "data": {"events": [event]},
        "eventTime": iso_now(),
        "contentType": "application/json",
    }
    return Sample(payload, {"content-type": "application/json", "user-agent": "Okta-Integrations"})
