"""Sentry's events: https://docs.sentry.io/organization/integrations/integration-platform/webhooks/."""

from collections.abc import Mapping
from uuid import uuid4

from layeron.payload import Json
from layeron.provider import Sample
from layeron.providers.samples import iso_now, unix_now


def sample(event_type: str) -> Sample:
    """An event of any type, such as ``issue.created``."""
    resource, _, action = event_type.partition(".")
    payload: Json = {
        "action": action,
        "actor": {"id": "sentry", "name": "Sentry", "type": "application"},
        "data": {resource: {**_OBJECTS.get(resource, {}), "dateCreated": iso_now()}},
        "installation": {"uuid": "24b6e1ec-4c5b-4a8b-9c0e-5a5b1d2c3e4f"},
    }
    headers = {
        "content-type": "application/json",
        "request-id": uuid4().hex,
        "sentry-hook-resource": resource,
        "sentry-hook-timestamp": str(unix_now()),
    }
    return Sample(payload, headers)


_OBJECTS: Mapping[str, Mapping[str, Json]] = {
    "issue": {
        "id": "1170820242",
        "shortId": "EXAMPLE-1",
        "title": "ReferenceError: greeting is not defined",
        "culprit": "app/index",
        "level": "error",
        "status": "unresolved",
        "project": {"id": "1", "name": "example", "slug": "example"},
    },
    "error": {
        "event_id": "e4874d664c3540c1a32eab185f12c5ab",
        "title": "ReferenceError: greeting is not defined",
        "level": "error",
        "platform": "javascript",
    },
    "comment": {"comment_id": "1234", "comment": "Me too", "issue_id": "1170820242"},
}
