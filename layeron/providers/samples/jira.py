"""Jira's events: https://developer.atlassian.com/cloud/jira/platform/webhooks/."""

import time
from collections.abc import Mapping
from uuid import uuid4

from layeron.payload import Json
from layeron.provider import Sample

_USER: Json = {
    "accountId": "99:27935d01-92a7-4687-8272-a9b8d3b2ae2e",
    "displayName": "Ada Example",
    "active": True,
}
_ISSUE: Json = {
    "id": "99291",
    "key": "JRA-20002",
    "self": "https://example.atlassian.net/rest/api/2/issue/99291",
    "fields": {
        "summary": "The greeting is missing",
        "issuetype": {"name": "Bug"},
        "priority": {"name": "Medium"},
        "status": {"name": "To Do"},
        "labels": ["ui"],
    },
}


def sample(event_type: str) -> Sample:
    """An event of any type, about one issue."""
    payload: Json = {
        "timestamp": time.time_ns() // 1_000_000,
        "webhookEvent": event_type,
        "user": _USER,
        "issue": _ISSUE,
        **_DIFFERENCES.get(event_type, {}),
    }
    headers = {
        "content-type": "application/json",
        "user-agent": "Atlassian Webhook HTTP Client",
        "x-atlassian-webhook-flow": "Primary",
        "x-atlassian-webhook-identifier": str(uuid4()),
    }
    return Sample(payload, headers)


_DIFFERENCES: Mapping[str, Mapping[str, Json]] = {
    "jira:issue_created": {"issue_event_type_name": "issue_created"},
    "jira:issue_updated": {
        "issue_event_type_name": "issue_generic",
        "changelog": {
            "id": "10124",
            "items": [
                {"field": "status", "fromString": "To Do", "toString": "Done", "fieldtype": "jira"}
            ],
        },
    },
    "comment_created": {"comment": {"id": "252789", "author": _USER, "body": "Me too"}},
}
