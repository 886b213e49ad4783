"""Twitch's notifications: https://dev.twitch.tv/docs/eventsub/eventsub-subscription-types/."""

from collections.abc import Mapping
from uuid import uuid4

from layeron.payload import Json
from layeron.provider import Sample
from layeron.providers.samples import iso_now


def sample(event_type: str) -> Sample:
    """A notification of any type, about one broadcaster; or the end of a subscription."""
    revoked = event_type == "revocation"
    kind = "channel.follow" if revoked else event_type
    subscription: Json = {
        "id": str(uuid4()),
        "status": "authorization_revoked" if revoked else "enabled",
        "type": kind,
        "version": "1",
        "cost": 0,
        "condition": {"broadcaster_user_id": "1337"},
        "transport": {"method": "webhook", "callback": "https://example.com/webhooks/twitch"},
        "created_at": iso_now(),
    }
    event: Json = {
        "broadcaster_user_id": "1337",
        "broadcaster_user_login": "cool_user",
        "broadcaster_user_name": "Cool_User",
        **_EVENTS.get(kind, {}),
    }
    payload: dict[str, Json] = {"subscription": subscription}
    if not revoked:
        payload["event"] = event
    headers = {
        "content-type": "application/json",
        "twitch-eventsub-message-id": str(uuid4()),
        "twitch-eventsub-message-retry": "0",
        "twitch-eventsub-message-type": "revocation" if revoked else "notification",
        "twitch-eventsub-subscription-type": kind,
        "twitch-eventsub-subscription-version": "1",
    }
    return Sample(payload, headers)


_EVENTS: Mapping[str, Mapping[str, Json]] = {
    "stream.online": {"type": "live"},
    "channel.follow": {
        "user_id": "1234",
        "user_login": "viewer",
        "user_name": "Viewer",
    },
}
