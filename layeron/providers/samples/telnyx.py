"""Telnyx's events: https://developers.telnyx.com/docs/messaging/messages/receiving-webhooks."""

from collections.abc import Mapping
from uuid import uuid4

from layeron.payload import Json
from layeron.provider import Sample
from layeron.providers.samples import fresh_id, iso_now


def sample(event_type: str) -> Sample:
    """An event of any type, about a message or a call."""
    kind = event_type.partition(".")[0]
    about: dict[str, Json] = {"id": str(uuid4()), **_OBJECTS.get(kind, {})}
    if kind == "call":
        about["call_control_id"] = fresh_id("v3:", 32)
    payload: Json = {
        "data": {
            "event_type": event_type,
            "id": str(uuid4()),
            "occurred_at": iso_now(),
            "payload": about,
            "record_type": "event",
        },
        "meta": {"attempt": 1, "delivered_to": "https://hooks.example.com/telnyx"},
    }
    return Sample(payload, {"content-type": "application/json", "user-agent": "telnyx-webhooks"})


_OBJECTS: Mapping[str, Mapping[str, Json]] = {
    "message": {
        "direction": "inbound",
        "type": "SMS",
        "from": {"phone_number": "+13125550001", "carrier": "Example", "line_type": "Wireless"},
        "to": [{"phone_number": "+17735550002", "status": "webhook_delivered"}],
        "text": "Hello",
        "parts": 1,
        "record_type": "message",
    },
    "call": {
        "connection_id": "7267xxxxxxxxxxxxxx",
        "call_session_id": "428c31b6-7af4-4bcb-b7f5-5013ef9657c1",
        "direction": "incoming",
        "from": "+13125550001",
        "to": "+17735550002",
        "state": "parked",
    },
}
