"""Meta's notifications: https://developers.facebook.com/docs/graph-api/webhooks/reference."""

from collections.abc import Mapping

from layeron.payload import Json
from layeron.provider import Sample
from layeron.providers.samples import fresh_id, unix_now

_HEADERS = {"content-type": "application/json", "user-agent": "facebookexternalua"}


def sample(event_type: str) -> Sample:
    """A notification of any type, such as ``page.feed``: the object, then the field."""
    about, _, field = event_type.partition(".")
    entry: dict[str, Json] = {"id": "106540352242922", "time": unix_now()}
    if field == "messaging":
        message: Json = {
            "sender": {"id": "24530000000000000"},
            "recipient": {"id": "106540352242922"},
            "timestamp": unix_now() * 1000,
            "message": {"mid": fresh_id("m_"), "text": "Do you deliver on Sundays?"},
        }
        entry["messaging"] = [message]
    elif field:
        value: dict[str, Json] = {"id": fresh_id(), **_VALUES.get(event_type, {})}
        entry["changes"] = [{"field": field, "value": value}]
    return Sample({"object": about, "entry": [entry]}, _HEADERS)


_VALUES: Mapping[str, Mapping[str, Json]] = {
    "page.feed": {"item": "post", "verb": "add", "message": "We are open again."},
    "instagram.comments": {
        "from": {"id": "232323232", "username": "octavia"},
        "media": {"id": "123123123", "media_product_type": "FEED"},
        "text": "Lovely!",
    },
}
