"""Asana's events: https://developers.asana.com/docs/webhooks-guide."""

from datetime import UTC, datetime

from layeron.payload import Json
from layeron.provider import Sample
from layeron.providers.samples import fresh_id


def sample(event_type: str) -> Sample:
    """One event of any type, such as ``task.changed``: the kind of resource, then the action."""
    kind, _, action = event_type.rpartition(".")
    event: dict[str, Json] = {
        "user": {"gid": "12345", "resource_type": "user"},
        "resource": {"gid": str(int(fresh_id(size=12), 16)), "resource_type": kind or "task"},
        "action": action,
        "parent": None,
        "created_at": datetime.now(UTC).isoformat(timespec="milliseconds"),
    }
    if action == "changed":
        event["change"] = {"field": "completed", "action": "changed"}
    return Sample({"events": [event]}, {"content-type": "application/json"})
