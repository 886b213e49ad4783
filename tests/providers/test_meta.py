"""Meta and WhatsApp: one scheme, the verification of the address, and requests with many events."""

import hashlib
import hmac
import json
from dataclasses import replace
from typing import Any

import pytest

from layeron import InboundWebhook, secret, webhooks
from layeron.request import Request
from layeron.signing.verdict import Cause
from tests.support.handshakes import asked, handshake, told
from tests.support.receiving import type_and_id, verdict_of
from tests.support.rules import with_header

SECRET, TOKEN = "c8d4b5e6app-secret", "meatyhamhock"
META = webhooks.meta(
    path="/meta", secret=secret("META_APP_SECRET"), verify_token=secret("META_VERIFY_TOKEN")
)
WHATSAPP = webhooks.whatsapp(
    path="/whatsapp", secret=secret("META_APP_SECRET"), verify_token=secret("META_VERIFY_TOKEN")
)
both = pytest.mark.parametrize("webhook", [META, WHATSAPP], ids=["meta", "whatsapp"])
CHECK = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": TOKEN}


def by_meta(body: bytes) -> Request:
    proof = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    return replace(told(None, **{"x-hub-signature-256": f"sha256={proof}"}), body=body)


@both
async def test_the_bytes_are_signed_as_they_were_sent(webhook: InboundWebhook) -> None:
    """Meta signs escapes: who parses and writes again gets other bytes."""
    request = by_meta(b'{"object":"page","name":"Zo\\u00eb","url":"https:\\/\\/example.com"}')
    assert (await verdict_of(webhook, request, SECRET)).status == "verified"
    rewritten = replace(request, body=json.dumps(json.loads(request.body)).encode())
    assert (await verdict_of(webhook, rewritten, SECRET)).cause is Cause.NO_MATCH
    older = with_header(request, "x-hub-signature-256")
    older = with_header(older, "x-hub-signature", f"sha1={'0' * 40}")
    assert (await verdict_of(webhook, older, SECRET)).cause is Cause.MISSING_SIGNATURE


@both
async def test_the_verification_is_answered_with_its_challenge(webhook: InboundWebhook) -> None:
    answer = await handshake(webhook, asked(CHECK), SECRET, TOKEN)
    assert answer is not None
    assert (answer.status, answer.body) == (200, b"1158201444")
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.headers["x-content-type-options"] == "nosniff"


@both
@pytest.mark.parametrize(
    "changes",
    [
        {"hub.verify_token": "other"},
        {"hub.verify_token": ""},
        {"hub.verify_token": SECRET},
        {"hub.verify_token": "meatyhamhöck"},
        {"hub.mode": "unsubscribe"},
    ],
    ids=str,
)
async def test_a_verification_by_somebody_else_is_not_answered(
    webhook: InboundWebhook, changes: dict[str, str]
) -> None:
    assert await handshake(webhook, asked(CHECK | changes), SECRET, TOKEN) is None
    assert await handshake(webhook, replace(asked(CHECK), method="POST"), SECRET, TOKEN) is None


async def test_without_a_token_no_verification_is_answered() -> None:
    webhook = webhooks.meta(path="/meta", secret=secret("META_APP_SECRET"))
    assert await handshake(webhook, asked(CHECK), SECRET) is None


def message(number: int) -> dict[str, Any]:
    return {"field": "messages", "value": {"messages": [{"id": f"wamid.{number}"}]}}


def status(kind: str) -> dict[str, Any]:
    return {"field": "messages", "value": {"statuses": [{"id": "wamid.1", "status": kind}]}}


TEMPLATE = {"field": "message_template_status_update", "value": {"event": "APPROVED"}}


@pytest.mark.parametrize(
    ("changes", "event_type", "event_id"),
    [
        ([message(1)], "messages", "wamid.1"),
        ([message(1), message(2)], "messages", "wamid.1,wamid.2"),
        ([status("sent")], "statuses", "wamid.1:sent"),
        ([status("read")], "statuses", "wamid.1:read"),
        ([message(1), status("sent")], "batch", "wamid.1,wamid.1:sent"),
        ([TEMPLATE], "message_template_status_update", None),
        ([], None, None),
        ([5, {"field": 5}, {"value": [1]}, {"value": {"messages": 7}}], None, None),
    ],
)
def test_whatsapp_names_messages_and_what_became_of_them(
    changes: list[Any], event_type: str | None, event_id: str | None
) -> None:
    request = told({"object": "whatsapp_business_account", "entry": [{"changes": changes}]})
    expected = event_id or request.body_sha256
    assert type_and_id(WHATSAPP, request) == (event_type, expected)


@pytest.mark.parametrize(
    ("payload", "event_type"),
    [
        ({"object": "page", "entry": [{"changes": [{"field": "feed"}]}]}, "page.feed"),
        ({"object": "page", "entry": [{"messaging": [1]}, {"messaging": [2]}]}, "page.messaging"),
        ({"object": "user", "entry": [{"changed_fields": ["photos"]}]}, "user.photos"),
        ({"object": "user", "entry": [{"changed_fields": ["photos", "feed"]}]}, "batch"),
        ({"object": "page", "entry": "none"}, "page"),
        ([1, 2], None),
    ],
)
def test_meta_names_the_object_and_what_changed(payload: Any, event_type: str | None) -> None:
    request = told(payload)
    assert type_and_id(META, request) == (event_type, request.body_sha256)
