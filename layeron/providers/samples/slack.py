"""Slack's events: https://docs.slack.dev/apis/events-api/#event-type-structure."""

from collections.abc import Mapping

from layeron.payload import Json
from layeron.provider import Sample
from layeron.providers.samples import fresh_id, unix_now


def sample(event_type: str) -> Sample:
    """An event of any type, in one channel of a workspace."""
    stamp = f"{unix_now()}.{fresh_id(size=6)}"
    about: dict[str, Json] = {
        "type": event_type,
        "user": "U061F7AUR",
        "event_ts": stamp,
        **_DETAILS.get(event_type, {}),
    }
    if event_type in _MESSAGES:
        about |= {"channel": "C0LAN2Q65", "ts": stamp}
    payload: Json = {
        "token": "deprecated",
        "team_id": "T061EG9R6",
        "api_app_id": "A0FFV41KK",
        "event": about,
        "type": "event_callback",
        "event_id": fresh_id("Ev", 10).upper(),
        "event_time": unix_now(),
        "authorizations": [{"team_id": "T061EG9R6", "user_id": "U0LAN0Z89", "is_bot": True}],
    }
    return Sample(payload, {"content-type": "application/json", "user-agent": "Slackbot 1.0"})


_MESSAGES = {"app_mention", "message"}

_DETAILS: Mapping[str, Mapping[str, Json]] = {
    "app_mention": {"text": "<@U0LAN0Z89> is it everything a river should be?"},
    "message": {"text": "Live long and prosper.", "channel_type": "channel"},
    "reaction_added": {
        "reaction": "thumbsup",
        "item_user": "U0G9QF9C6",
        "item": {"type": "message", "channel": "C0LAN2Q65", "ts": "1360782400.498405"},
    },
}
