"""PagerDuty's events: https://developer.pagerduty.com/docs/webhooks-overview."""

from collections.abc import Mapping
from uuid import uuid4

from layeron.payload import Json
from layeron.provider import Sample
from layeron.providers.samples import fresh_id, iso_now

_AGENT: Json = {
    "id": "PLH1HKV",
    "type": "user_reference",
    "summary": "Ada Example",
    "html_url": "https://example.pagerduty.com/users/PLH1HKV",
}


def sample(event_type: str) -> Sample:
    """An event of any type, about an incident."""
    now = iso_now()
    incident: Json = {
        "id": "PGR0VU2",
        "type": "incident",
        "html_url": "https://example.pagerduty.com/incidents/PGR0VU2",
        "number": 2,
        "status": _STATUSES.get(event_type, "triggered"),
        "title": "The greeting is late",
        "urgency": "high",
        "created_at": now,
        "service": {"id": "PF9KMXH", "type": "service_reference", "summary": "API"},
    }
    payload: Json = {
        "event": {
            "id": fresh_id(size=26).upper(),
            "event_type": event_type,
            "resource_type": event_type.partition(".")[0],
            "occurred_at": now,
            "agent": _AGENT,
            "client": None,
            "data": incident,
        }
    }
    headers = {
        "content-type": "application/json",
        "user-agent": "PagerDuty-Webhook/V3.0",
        "x-webhook-id": str(uuid4()),
        "x-webhook-subscription": "PZYX321",
    }
    return Sample(payload, headers)


_STATUSES: Mapping[str, str] = {
    "incident.acknowledged": "acknowledged",
    "incident.resolved": "resolved",
}
