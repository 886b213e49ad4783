"""GitLab's events: https://docs.gitlab.com/user/project/integrations/webhook_events/."""

from collections.abc import Mapping
from uuid import uuid4

from layeron.payload import Json
from layeron.provider import Sample
from layeron.providers.samples import fresh_id, iso_now

_USER: Json = {"id": 1, "name": "Ada Example", "username": "ada", "email": "[REDACTED]"}
_PROJECT: Json = {
    "id": 1,
    "name": "Gitlab Test",
    "path_with_namespace": "gitlab-org/gitlab-test",
    "web_url": "https://gitlab.example.com/gitlab-org/gitlab-test",
    "default_branch": "main",
}


def sample(event_type: str) -> Sample:
    """An event of any kind, in one project."""
    payload: dict[str, Json] = {"object_kind": event_type, "event_type": event_type}
    payload |= _push() if event_type in {"push", "tag_push"} else {"user": _USER}
    payload["project"] = _PROJECT
    if event_type in _OBJECTS:
        payload["object_attributes"] = {**_OBJECTS[event_type], "created_at": iso_now()}
    delivery = str(uuid4())
    headers = {
        "content-type": "application/json",
        "idempotency-key": delivery,
        "user-agent": "GitLab/18.9.0",
        "webhook-id": delivery,
        "x-gitlab-event": f"{event_type.replace('_', ' ').title()} Hook",
        "x-gitlab-event-uuid": str(uuid4()),
        "x-gitlab-instance": "https://gitlab.example.com",
        "x-gitlab-webhook-uuid": str(uuid4()),
    }
    return Sample(payload, headers)


def _push() -> Mapping[str, Json]:
    after = fresh_id(size=40)
    commit: Json = {
        "id": after,
        "message": "Greet the world",
        "timestamp": iso_now(),
        "author": {"name": "Ada Example", "email": "ada@example.com"},
        "added": [],
        "modified": ["README.md"],
        "removed": [],
    }
    return {
        "event_name": "push",
        "before": fresh_id(size=40),
        "after": after,
        "ref": "refs/heads/main",
        "checkout_sha": after,
        "user_id": 1,
        "user_username": "ada",
        "project_id": 1,
        "commits": [commit],
        "total_commits_count": 1,
    }


_OBJECTS: Mapping[str, Mapping[str, Json]] = {
    "issue": {"id": 301, "iid": 23, "title": "New API", "state": "opened", "action": "open"},
    "merge_request": {
        "id": 99,
        "iid": 1,
        "source_branch": "mend",
        "target_branch": "main",
        "title": "Mend the bug",
        "state": "opened",
        "action": "open",
    },
    "note": {"id": 1241, "note": "Well done", "noteable_type": "MergeRequest"},
    "pipeline": {"id": 31, "ref": "main", "status": "success", "duration": 63},
}
