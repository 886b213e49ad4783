"""Telegram's updates: https://core.telegram.org/bots/api#update."""

from layeron.payload import Json
from layeron.provider import Sample
from layeron.providers.samples import fresh_id, unix_now

_USER: Json = {"id": 1111111, "is_bot": False, "first_name": "Octavia", "username": "octavia"}
_CHAT: Json = {"id": 1111111, "type": "private", "first_name": "Octavia", "username": "octavia"}


def sample(event_type: str) -> Sample:
    """An update of any kind, about a message in a private chat."""
    message: Json = {
        "message_id": 1365,
        "from": _USER,
        "chat": _CHAT,
        "date": unix_now(),
        "text": "/start",
    }
    about = message
    if event_type == "callback_query":
        about = {"id": fresh_id(), "from": _USER, "message": message, "data": "yes"}
    payload: Json = {"update_id": int(fresh_id(size=8), 16), event_type: about}
    return Sample(payload, {"content-type": "application/json"})
