"""Clerk's events: https://clerk.com/docs/webhooks/overview#payload-structure."""

from collections.abc import Mapping

from layeron.payload import Json
from layeron.provider import Sample
from layeron.providers.samples import fresh_id, svix, unix_now


def sample(event_type: str) -> Sample:
    """An event of any type, about an object of the kind that the type begins with."""
    kind, _, what = event_type.partition(".")
    now = unix_now() * 1000
    about: dict[str, Json] = {"id": fresh_id(f"{_PREFIXES.get(kind, kind)}_", 27), "object": kind}
    if what == "deleted":
        about["deleted"] = True
    else:
        about |= {**_OBJECTS.get(kind, {}), "created_at": now, "updated_at": now}
    payload: Json = {
        "data": about,
        "event_attributes": {"http_request": {"client_ip": "203.0.113.7", "user_agent": "curl/8"}},
        "instance_id": "ins_2g7np7Hrk0SN6kj5EDMLDaKNL0S",
        "object": "event",
        "timestamp": now,
        "type": event_type,
    }
    return Sample(payload, svix.headers())


_PREFIXES: Mapping[str, str] = {"organization": "org", "session": "sess"}

_OBJECTS: Mapping[str, Mapping[str, Json]] = {
    "user": {
        "email_addresses": [
            {
                "id": "idn_29w83yL7CwVlJXylYLxcslromF1",
                "object": "email_address",
                "email_address": "ada@example.com",
                "verification": {"status": "verified", "strategy": "email_code"},
            }
        ],
        "primary_email_address_id": "idn_29w83yL7CwVlJXylYLxcslromF1",
        "external_id": None,
        "first_name": "Ada",
        "last_name": "Example",
        "public_metadata": {},
        "username": None,
    },
    "organization": {"name": "Example Ltd", "slug": "example", "public_metadata": {}},
    "session": {"status": "active", "user_id": "user_29w83sxmDNGwOuEthce5gg56FcC"},
}
