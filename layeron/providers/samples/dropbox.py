"""Dropbox's notification: https://www.dropbox.com/developers/reference/webhooks."""

from layeron.payload import Json
from layeron.provider import Sample
from layeron.providers.samples import fresh_id


def sample(_event_type: str) -> Sample:
    """Files of one account changed; there is no other type than ``list_folder``."""
    account: Json = fresh_id("dbid:", 32)
    payload: Json = {"list_folder": {"accounts": [account]}, "delta": {"users": [12345678]}}
    return Sample(
        payload, {"content-type": "application/json", "user-agent": "DropboxWebhooks/1.0"}
    )
