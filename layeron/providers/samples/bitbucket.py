"""Bitbucket's events: https://support.atlassian.com/bitbucket-cloud/docs/event-payloads/."""

from collections.abc import Mapping
from uuid import uuid4

from layeron.payload import Json
from layeron.provider import Sample
from layeron.providers.samples import fresh_id, iso_now

_ACTOR: Json = {"type": "user", "display_name": "Ada Example", "nickname": "ada"}
_REPOSITORY: Json = {
    "type": "repository",
    "full_name": "team/hello-world",
    "name": "hello-world",
    "is_private": True,
    "uuid": "{673a6070-3421-46c9-9d48-90745f7bfe8e}",
}


def sample(event_type: str) -> Sample:
    """An event of any type, in one repository."""
    payload: dict[str, Json] = {"actor": _ACTOR, "repository": _REPOSITORY}
    if event_type == "repo:push":
        payload["push"] = {"changes": [_change()]}
    elif event_type.startswith("pullrequest:"):
        state = _STATES.get(event_type, "OPEN")
        payload["pullrequest"] = {**_PULL_REQUEST, "state": state, "created_on": iso_now()}
    headers = {
        "content-type": "application/json",
        "user-agent": "Bitbucket-Webhooks/2.0",
        "x-attempt-number": "1",
        "x-event-key": event_type,
        "x-hook-uuid": str(uuid4()),
        "x-request-uuid": str(uuid4()),
    }
    return Sample(payload, headers)


def _change() -> Json:
    branch = {"type": "branch", "name": "main"}
    target: dict[str, Json] = {"type": "commit", "message": "Greet the world\n", "date": iso_now()}
    return {
        "old": {**branch, "target": {"type": "commit", "hash": fresh_id(size=40)}},
        "new": {**branch, "target": {**target, "hash": fresh_id(size=40)}},
        "created": False,
        "closed": False,
        "forced": False,
        "truncated": False,
    }


_PULL_REQUEST: Mapping[str, Json] = {
    "id": 1,
    "title": "Mend the bug",
    "author": _ACTOR,
    "source": {"branch": {"name": "mend"}},
    "destination": {"branch": {"name": "main"}},
}
_STATES: Mapping[str, str] = {
    "pullrequest:fulfilled": "MERGED",
    "pullrequest:rejected": "DECLINED",
}
