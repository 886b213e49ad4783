"""Zoom's events: https://developers.zoom.us/docs/api/meetings/events/."""

from collections.abc import Mapping
from uuid import uuid4

from layeron.payload import Json
from layeron.provider import Sample
from layeron.providers.samples import fresh_id, iso_now, unix_now


def sample(event_type: str) -> Sample:
    """An event of any type, about one meeting."""
    about: dict[str, Json] = {
        "id": "1234567890",
        "uuid": str(uuid4()),
        "host_id": "x1yCzABCDEfg23HiJKl4mN",
        "topic": "Weekly review",
        "type": 2,
        "start_time": iso_now(),
        "duration": 60,
        "timezone": "Europe/Berlin",
        **_DETAILS.get(event_type, {}),
    }
    payload: Json = {
        "event": event_type,
        "event_ts": unix_now() * 1000,
        "payload": {"account_id": "AAAAAABBBB", "object": about},
    }
    headers = {
        "content-type": "application/json; charset=utf-8",
        "user-agent": "Zoom Marketplace/1.0a",
        "x-zm-trackingid": fresh_id("v=2.0;clid=aw1;rid=WEB_"),
    }
    return Sample(payload, headers)


_DETAILS: Mapping[str, Mapping[str, Json]] = {
    "meeting.participant_joined": {
        "participant": {"user_id": "1234567890", "user_name": "Jill Chill"}
    },
    "recording.completed": {
        "recording_count": 1,
        "recording_files": [{"file_type": "MP4", "status": "completed", "file_size": 246560}],
    },
}
