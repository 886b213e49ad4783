"""Contentful's events: https://www.contentful.com/developers/docs/webhooks/overview/."""

import hashlib
from uuid import uuid4

from layeron.payload import Json
from layeron.provider import Sample
from layeron.providers.samples import fresh_id, iso_now

_SIGNED = (
    "content-type",
    "x-contentful-idempotency-key",
    "x-contentful-signed-headers",
    "x-contentful-timestamp",
    "x-contentful-topic",
)


def sample(event_type: str) -> Sample:
    """An event of any topic, such as ``ContentManagement.Entry.publish``."""
    kind, now = (event_type.split(".") + ["Entry"] * 2)[1], iso_now()
    payload: Json = {
        "sys": {
            "type": kind,
            "id": fresh_id(size=22),
            "space": {"sys": {"type": "Link", "linkType": "Space", "id": "cfexampleapi"}},
            "environment": {"sys": {"type": "Link", "linkType": "Environment", "id": "master"}},
            "contentType": {"sys": {"type": "Link", "linkType": "ContentType", "id": "page"}},
            "createdAt": now,
            "updatedAt": now,
            "revision": 1,
        },
        "fields": {"title": {"en-US": "Hello"}},
    }
    headers = {
        "content-type": "application/vnd.contentful.management.v1+json",
        "x-contentful-idempotency-key": hashlib.sha256(uuid4().bytes).hexdigest(),
        "x-contentful-signed-headers": ",".join(_SIGNED),
        "x-contentful-topic": event_type,
        "x-contentful-webhook-name": "Example",
    }
    return Sample(payload, headers)
