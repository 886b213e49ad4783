"""Zendesk's events: https://developer.zendesk.com/api-reference/webhooks/event-types/webhook-event-types/."""

from uuid import uuid4

from layeron.payload import Json
from layeron.provider import Sample
from layeron.providers.samples import fresh_id, iso_now, unix_now


def sample(event_type: str) -> Sample:
    """An event of any type, about an object of the kind that the type names."""
    kind = event_type.rpartition(":")[2].partition(".")[0]
    number = str(unix_now())
    payload: Json = {
        "account_id": 22129848,
        "id": str(uuid4()),
        "time": iso_now(),
        "type": event_type,
        "zendesk_event_version": "2022-11-06",
        "subject": f"zen:{kind}:{number}",
        "event": {},
        "detail": {"id": number, "created_at": iso_now(), "updated_at": iso_now()},
    }
    headers = {
        "content-type": "application/json; charset=utf-8",
        "user-agent": "Zendesk Webhook",
        "x-zendesk-account-id": "22129848",
        "x-zendesk-webhook-id": fresh_id("01", 26).upper(),
        "x-zendesk-webhook-invocation-id": fresh_id("01", 26).upper(),
    }
    return Sample(payload, headers)
