"""Figma's events: https://developers.figma.com/docs/rest-api/webhooks-events/."""

from collections.abc import Mapping

from layeron.payload import Json
from layeron.provider import Sample
from layeron.providers.samples import fresh_id, iso_now


def sample(event_type: str) -> Sample:
    """An event of any type, about one file."""
    payload: dict[str, Json] = {
        "event_type": event_type,
        "passcode": "",
        "timestamp": iso_now(),
        "webhook_id": str(int(fresh_id(size=8), 16)),
    }
    if event_type != "PING":
        payload |= {"file_key": fresh_id(size=22), "file_name": "Design system"}
        payload |= _DETAILS.get(event_type, {})
    return Sample(payload, {"content-type": "application/json"})


_DETAILS: Mapping[str, Mapping[str, Json]] = {
    "FILE_COMMENT": {
        "comment": [{"text": "Is this the final blue?"}],
        "comment_id": "32",
        "mentions": [],
        "triggered_by": {"id": "813845097374535682", "handle": "Octavia"},
    },
    "FILE_VERSION_UPDATE": {"version_id": "106540352242922", "label": "1.0", "description": ""},
}
