"""Airtable's notification: https://airtable.com/developers/web/api/webhooks-overview."""

from datetime import UTC, datetime

from layeron.payload import Json
from layeron.provider import Sample

NOTIFICATION = "notification"
"""The type of every event: Airtable sends no other."""


def sample(_event_type: str) -> Sample:
    """The only thing Airtable says: something changed in a base."""
    now = datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    payload: Json = {
        "base": {"id": "app00000000000000"},
        "webhook": {"id": "ach00000000000000"},
        "timestamp": now,
    }
    return Sample(payload, {"content-type": "application/json"})
