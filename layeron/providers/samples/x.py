"""X's events: https://docs.x.com/x-api/account-activity/introduction."""

from layeron.payload import Json
from layeron.provider import Sample
from layeron.providers.samples import fresh_id, iso_now, unix_now

_USER: Json = {"id": "2244994945", "name": "Octavia", "screen_name": "octavia"}


def sample(event_type: str) -> Sample:
    """Account activity for types that end in ``_events``; else an event of the newer form."""
    about = fresh_id(size=18)
    payload: dict[str, Json]
    if event_type == "direct_message_events":
        message: Json = {
            "type": "message_create",
            "id": about,
            "created_timestamp": str(unix_now() * 1000),
            "message_create": {"sender_id": "2244994945", "message_data": {"text": "Hello!"}},
        }
        payload = {"for_user_id": "4337869213", event_type: [message]}
    elif event_type.endswith(("_events", "_event")):
        item: Json = {"id_str": about, "text": "Just setting things up.", "user": _USER}
        payload = {"for_user_id": "4337869213", event_type: [item]}
    else:
        payload = {
            "data": {
                "event_uuid": about,
                "event_type": event_type,
                "filter": {"user_id": "2244994945"},
                "payload": {"id": about, "created_at": iso_now()},
            }
        }
    return Sample(payload, {"content-type": "application/json"})
