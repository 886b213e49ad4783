"""Intercom's notifications: https://developers.intercom.com/docs/references/webhooks/webhook-models."""

from collections.abc import Mapping
from uuid import uuid4

from layeron.payload import Json
from layeron.provider import Sample
from layeron.providers.samples import unix_now


def sample(event_type: str) -> Sample:
    """A notification of any topic, about an item of the kind that the topic begins with."""
    kind = event_type.partition(".")[0]
    item: Json = {
        "type": kind,
        "id": str(unix_now()),
        "created_at": unix_now(),
        "updated_at": unix_now(),
        **_ITEMS.get(kind, {}),
    }
    payload: Json = {
        "type": "notification_event",
        "app_id": "a86dr8yl",
        "id": f"notif_{uuid4()}",
        "topic": event_type,
        "data": {"type": "notification_event_data", "item": item},
        "delivery_status": "pending",
        "delivery_attempts": 1,
        "delivered_at": 0,
        "first_sent_at": unix_now(),
        "created_at": unix_now(),
        "links": {},
        "self": None,
    }
    return Sample(payload, {"content-type": "application/json", "user-agent": "intercom-webhooks"})


_ITEMS: Mapping[str, Mapping[str, Json]] = {
    "conversation": {"title": "More tea", "state": "open", "read": False, "open": True},
    "contact": {"email": "jo@example.com", "name": "Jo Brown", "role": "user"},
    "ping": {"message": "something something interzen"},
}
