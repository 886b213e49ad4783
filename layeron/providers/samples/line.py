"""LINE's events: https://developers.line.biz/en/reference/messaging-api/#webhook-event-objects."""

from layeron.payload import Json
from layeron.provider import Sample
from layeron.providers.samples import fresh_id, unix_now


def sample(event_type: str) -> Sample:
    """One event of any type, from one user."""
    event: dict[str, Json] = {
        "type": event_type,
        "mode": "active",
        "timestamp": unix_now() * 1000,
        "source": {"type": "user", "userId": "U4af4980629a1c5d2e8b0f3c7d6e9a1b2"},
        "webhookEventId": fresh_id("01", 26).upper(),
        "deliveryContext": {"isRedelivery": False},
        "replyToken": fresh_id(size=32),
    }
    if event_type == "message":
        event["message"] = {"id": "444573844083572737", "type": "text", "text": "こんにちは"}
    elif event_type == "postback":
        event["postback"] = {"data": "action=buy&item=1"}
    payload: Json = {"destination": "U0123456789abcdef0123456789abcdef", "events": [event]}
    headers = {
        "content-type": "application/json; charset=utf-8",
        "user-agent": "LineBotWebhook/2.0",
    }
    return Sample(payload, headers)
