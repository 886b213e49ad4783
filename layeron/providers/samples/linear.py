"""Linear's events: https://linear.app/developers/webhooks#webhook-payload."""

import time
from collections.abc import Mapping
from uuid import uuid4

from layeron.payload import Json
from layeron.provider import Sample
from layeron.providers.samples import iso_now


def sample(event_type: str) -> Sample:
    """An event of any type, such as ``Issue.create``."""
    kind, _, action = event_type.partition(".")
    now, delivery = iso_now(), str(uuid4())
    payload: dict[str, Json] = {
        "action": action,
        "type": kind,
        "actor": {"id": str(uuid4()), "type": "user", "name": "Ada Example"},
        "createdAt": now,
        "data": {"id": str(uuid4()), "createdAt": now, "updatedAt": now, **_OBJECTS.get(kind, {})},
        "organizationId": "b7e2a1c4-9d3f-4e5a-8c6b-1f2e3d4c5b6a",
        "url": "https://linear.app/example/issue/EX-42",
        "webhookId": "6d3f7c62-1a2b-4c5d-9e8f-0a1b2c3d4e5f",
        "webhookTimestamp": time.time_ns() // 1_000_000,
    }
    if action == "update":
        payload["updatedFrom"] = {"updatedAt": now}
    headers = {
        "content-type": "application/json; charset=utf-8",
        "linear-delivery": delivery,
        "linear-event": kind,
        "user-agent": "Linear-Webhook",
    }
    return Sample(payload, headers)


_OBJECTS: Mapping[str, Mapping[str, Json]] = {
    "Issue": {
        "identifier": "EX-42",
        "number": 42,
        "title": "The greeting is missing",
        "priority": 2,
        "state": {"id": "1e2d", "name": "Todo", "type": "unstarted"},
        "team": {"id": "3c4b", "key": "EX", "name": "Example"},
    },
    "Comment": {"body": "Me too", "issueId": "0a9b8c7d-6e5f-4a3b-2c1d-0e9f8a7b6c5d"},
    "Project": {"name": "Greetings", "state": "started", "progress": 0.4},
}
