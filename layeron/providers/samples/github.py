"""GitHub's deliveries: https://docs.github.com/en/webhooks/webhook-events-and-payloads."""

from collections.abc import Mapping
from uuid import uuid4

from layeron.payload import Json
from layeron.provider import Sample
from layeron.providers.samples import fresh_id, iso_now

_SENDER: Json = {
    "login": "octocat",
    "id": 583231,
    "type": "User",
    "html_url": "https://github.com/octocat",
    "site_admin": False,
}
_REPOSITORY: Json = {
    "id": 1296269,
    "name": "Hello-World",
    "full_name": "octocat/Hello-World",
    "private": False,
    "owner": _SENDER,
    "html_url": "https://github.com/octocat/Hello-World",
    "default_branch": "main",
}


def sample(event_type: str) -> Sample:
    """A delivery of any event, in the octocat's repository."""
    payload: Json = {
        **_details(event_type),
        "repository": _REPOSITORY,
        "sender": _SENDER,
    }
    headers = {
        "content-type": "application/json",
        "user-agent": "GitHub-Hookshot/044aadd",
        "x-github-delivery": str(uuid4()),
        "x-github-event": event_type,
        "x-github-hook-id": "292430182",
        "x-github-hook-installation-target-id": "1296269",
        "x-github-hook-installation-target-type": "repository",
    }
    return Sample(payload, headers)


def _details(event_type: str) -> Mapping[str, Json]:
    """What distinguishes the payload of an event."""
    if event_type == "ping":
        return {
            "zen": "Keep it logically awesome.",
            "hook_id": 292430182,
            "hook": {"type": "Repository", "active": True, "events": ["push"]},
        }
    if event_type == "push":
        return _push()
    if event_type in _ITEMS:
        action, field, details = _ITEMS[event_type]
        item = {**details, "user": _SENDER, "created_at": iso_now()}
        return {"action": action, field: item}
    return {"action": "created"}


def _push() -> Mapping[str, Json]:
    before, after = fresh_id(size=40), fresh_id(size=40)
    person: Json = {"name": "The Octocat", "email": "octocat@example.com", "username": "octocat"}
    commit: Json = {
        "id": after,
        "message": "Greet the world",
        "timestamp": iso_now(),
        "author": person,
        "committer": person,
        "added": [],
        "removed": [],
        "modified": ["README.md"],
    }
    return {
        "ref": "refs/heads/main",
        "before": before,
        "after": after,
        "created": False,
        "deleted": False,
        "forced": False,
        "compare": f"https://github.com/octocat/Hello-World/compare/{before[:12]}...{after[:12]}",
        "commits": [commit],
        "head_commit": commit,
        "pusher": {"name": "octocat", "email": "octocat@example.com"},
    }


_ITEMS: Mapping[str, tuple[str, str, Mapping[str, Json]]] = {
    "issues": (
        "opened",
        "issue",
        {"id": 1, "number": 1347, "title": "Found a bug", "state": "open", "labels": []},
    ),
    "issue_comment": ("created", "comment", {"id": 1, "body": "Me too"}),
    "pull_request": (
        "opened",
        "pull_request",
        {"id": 1, "number": 7, "title": "Mend the bug", "state": "open", "draft": False},
    ),
    "release": ("published", "release", {"id": 1, "tag_name": "v1.0.0", "name": "v1.0.0"}),
    "workflow_run": (
        "completed",
        "workflow_run",
        {"id": 1, "name": "Build", "status": "completed", "conclusion": "success"},
    ),
}
"""By event: its usual action, the field of what it is about, and what that is."""
