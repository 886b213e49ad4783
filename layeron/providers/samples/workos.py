"""WorkOS' events: https://workos.com/docs/events."""

from collections.abc import Mapping

from layeron.payload import Json
from layeron.provider import Sample
from layeron.providers.samples import fresh_id, iso_now


def sample(event_type: str) -> Sample:
    """An event of any type, about an object of the kind that the type begins with."""
    kind, now = event_type.rpartition(".")[0], iso_now()
    payload: Json = {
        "id": fresh_id("event_", 26),
        "event": event_type,
        "created_at": now,
        "data": {
            "object": _NAMES.get(kind, kind),
            "id": fresh_id(f"{kind.rpartition('.')[2]}_", 26),
            "created_at": now,
            "updated_at": now,
            **_OBJECTS.get(kind, {}),
        },
    }
    headers = {"content-type": "application/json", "user-agent": "WorkOS Webhooks"}
    return Sample(payload, headers)


_NAMES: Mapping[str, str] = {"dsync.user": "directory_user", "dsync.group": "directory_group"}

_USER: Mapping[str, Json] = {
    "email": "ada@example.com",
    "first_name": "Ada",
    "last_name": "Example",
}
_OBJECTS: Mapping[str, Mapping[str, Json]] = {
    "connection": {"name": "Example SSO", "connection_type": "OktaSAML", "state": "active"},
    "dsync.user": {**_USER, "state": "active", "directory_id": "directory_01ECAZ4NV9QMV47GW87"},
    "user": {**_USER, "email_verified": True, "external_id": None},
}
