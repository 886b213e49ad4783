"""Notion's events: https://developers.notion.com/reference/webhooks-events-delivery."""

from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import uuid4

from layeron.payload import Json
from layeron.provider import Sample


def sample(event_type: str) -> Sample:
    """An event of any type, about an object of the kind that the type begins with."""
    kind = event_type.partition(".")[0]
    payload: Json = {
        "id": str(uuid4()),
        "timestamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z",
        "workspace_id": "13950b26-c203-4f3b-b97d-93ec06319565",
        "workspace_name": "Quantify Labs",
        "subscription_id": "29d75c0d-5546-4414-8459-7b7a92f1fc4b",
        "integration_id": "0ef2e755-4912-8096-91c1-00376a88a5ca",
        "type": event_type,
        "authors": [{"id": "c7c11cca-1d73-471d-9b6e-bdef51470190", "type": "person"}],
        "accessible_by": [],
        "attempt_number": 1,
        "entity": {"id": str(uuid4()), "type": kind},
        "data": dict(_DATA.get(event_type, {})),
    }
    return Sample(payload, {"content-type": "application/json"})


_DATA: Mapping[str, Mapping[str, Json]] = {
    "comment.created": {"page_id": "0ef104cd-477e-80e1-8571-cfd10e92339a"},
    "page.content_updated": {
        "updated_blocks": [{"id": "153104cd-477e-80ec-a87d-f7ff0236d35c", "type": "block"}]
    },
}
