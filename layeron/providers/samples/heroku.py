"""Heroku's notifications: https://devcenter.heroku.com/articles/app-webhooks-schema."""

from collections.abc import Mapping
from uuid import uuid4

from layeron.payload import Json
from layeron.provider import Sample
from layeron.providers.samples import fresh_id, iso_now

_USER: Json = {"id": "7f1ba0f8-5a2e-4f0c-9b57-2f3d2c1d9c11", "email": "ada@example.com"}


def sample(event_type: str) -> Sample:
    """A notification of any type, such as ``release.create``."""
    resource, _, action = event_type.partition(".")
    now = iso_now()
    about: dict[str, Json] = {
        "id": str(uuid4()),
        "app": {"id": "01234567-89ab-cdef-0123-456789abcdef", "name": "example"},
        "user": _USER,
        "created_at": now,
        "updated_at": now,
        **_OBJECTS.get(resource, {}),
    }
    payload: Json = {
        "id": str(uuid4()),
        "action": action,
        "actor": _USER,
        "created_at": now,
        "data": about,
        "previous_data": {},
        "published_at": now,
        "resource": resource,
        "sequence": None,
        "updated_at": now,
        "version": "application/vnd.heroku+json; version=3",
        "webhook_metadata": {
            "attempt": {"id": str(uuid4())},
            "delivery": {"id": str(uuid4())},
            "event": {"id": str(uuid4()), "include": f"api:{resource}"},
            "webhook": {"id": "af83d062-fd2e-4b4b-9f0e-6a0e7f6a0d1c"},
        },
    }
    headers = {
        "content-type": "application/json",
        "heroku-webhook-id": fresh_id(size=32),
        "user-agent": "heroku-webhooks",
    }
    return Sample(payload, headers)


_OBJECTS: Mapping[str, Mapping[str, Json]] = {
    "build": {"status": "succeeded", "stack": "heroku-24", "slug": {"commit": "b98450368e1f"}},
    "release": {"status": "succeeded", "version": 23, "current": True, "description": "Deploy"},
    "dyno": {"name": "web.1", "state": "up", "type": "web"},
}
