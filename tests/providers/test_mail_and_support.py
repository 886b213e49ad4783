"""Postmark, Chargebee, Intercom, Zendesk, Flutterwave and Paystack: what they document, by hand."""

import base64
import hashlib
import hmac
import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from layeron import InboundWebhook, secret, webhooks
from layeron.redaction import REDACTED
from layeron.request import Request, headers_of
from layeron.signing.credentials import without_credentials
from layeron.signing.verdict import Cause
from layeron.testing import signed_request
from tests.support.handshakes import handshake
from tests.support.receiving import type_and_id, verdict_of
from tests.support.rules import with_header

S = secret("PROVIDER_SECRET")
KEY = "dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ=="


def posted(body: str, **fields: str) -> Request:
    pairs = [("content-type", "application/json")]
    pairs += [(name.replace("_", "-"), value) for name, value in fields.items()]
    return Request("POST", "https://h.example.com/x", "/x", "", headers_of(pairs), body.encode())


BASIC = [webhooks.postmark(path="/x", secret=S), webhooks.chargebee(path="/x", secret=S)]


@pytest.mark.parametrize("webhook", BASIC, ids=lambda each: each.name)
async def test_user_and_password_are_compared_and_never_kept(webhook: InboundWebhook) -> None:
    def login(text: str, scheme: str = "Basic") -> Request:
        code = base64.b64encode(text.encode()).decode()
        return posted("{}", authorization=f"{scheme} {code}")

    assert (await verdict_of(webhook, login("user:pa:ss"), "user:pa:ss")).status == "verified"
    for wrong in (login("user:pa"), login("user"), login(""), login("user:pa:ss", "Bearer")):
        assert not (await verdict_of(webhook, wrong, "user:pa:ss")).accepted
    assert not (await verdict_of(webhook, posted("{}"), "user:pa:ss")).accepted
    kept = without_credentials(webhook.signature, login("user:pa:ss"))
    assert kept.headers["authorization"] == REDACTED


def test_postmarks_events_of_one_message_are_told_apart() -> None:
    webhook = webhooks.postmark(path="/x", secret=S)
    opened = {"RecordType": "Open", "MessageID": "m", "ReceivedAt": "2026-05-04T10:00:00Z"}
    bounced = {"RecordType": "Bounce", "MessageID": "m", "ID": 42}
    received = {"MessageID": "m", "From": "jo@example.com"}
    found = [
        type_and_id(webhook, posted(json.dumps(each)))
        for each in (opened, {**opened, "ReceivedAt": "2026-05-04T11:00:00Z"}, bounced, received)
    ]
    assert found == [
        ("Open", "Open:m:2026-05-04T10:00:00Z"),
        ("Open", "Open:m:2026-05-04T11:00:00Z"),
        ("Bounce", "Bounce:m:42"),
        ("Inbound", "Inbound:m"),
    ]
    assert type_and_id(webhook, posted("[]")) == (None, None)
    assert type_and_id(webhook, posted('{"RecordType": 5}')) == (None, None)


async def test_intercoms_check_of_the_address_is_answered_and_proves_nothing_else() -> None:
    webhook = webhooks.intercom(path="/x", secret=S)
    assert webhook.provider.methods == {"HEAD", "POST"}
    check = replace(posted(""), method="HEAD")
    answer = await handshake(webhook, check, KEY)
    assert answer is not None
    assert (answer.status, answer.body) == (200, b"")
    assert await handshake(webhook, replace(check, method="POST"), KEY) is None


async def test_intercom_signs_with_sha1_of_its_own_header() -> None:
    webhook = webhooks.intercom(path="/x", secret=S)
    request = signed_request(webhook, event_type="ping", secrets=KEY)
    digest = hmac.digest(KEY.encode(), request.body, hashlib.sha1).hex()
    assert request.headers["x-hub-signature"] == f"sha1={digest}"
    sha256 = hmac.digest(KEY.encode(), request.body, hashlib.sha256).hex()
    for text in (digest, f"sha256={sha256}", f"sha1={digest[:-2]}"):
        changed = with_header(request, "x-hub-signature", text)
        assert (await verdict_of(webhook, changed, KEY)).cause is Cause.MALFORMED_SIGNATURE


async def test_zendesks_secret_is_taken_as_it_is_shown_and_a_body_may_be_missing() -> None:
    webhook = webhooks.zendesk(path="/x", secret=S)
    moment = f"{datetime.now(UTC):%FT%TZ}"
    for body in ('{"type":"zen:event-type:ticket.created"}', ""):
        mac = hmac.digest(KEY.encode(), f"{moment}{body}".encode(), hashlib.sha256)
        request = posted(
            body,
            x_zendesk_webhook_signature=base64.b64encode(mac).decode(),
            x_zendesk_webhook_signature_timestamp=moment,
            x_zendesk_webhook_invocation_id="01J",
        )
        assert (await verdict_of(webhook, request, KEY)).status == "verified"
        assert type_and_id(webhook, request)[1] == "01J"
        altered = replace(request, body=request.body + b" ")
        assert (await verdict_of(webhook, altered, KEY)).cause is Cause.NO_MATCH


async def test_flutterwaves_older_token_is_compared_and_never_kept() -> None:
    webhook = webhooks.flutterwave(path="/x", secret=S)
    body = '{"event":"charge.completed","data":{"id":285959875}}'
    request = posted(body, verif_hash=KEY)
    assert (await verdict_of(webhook, request, KEY)).status == "verified"
    assert type_and_id(webhook, request)[0] == "charge.completed"
    assert not (await verdict_of(webhook, request, "another")).accepted
    assert not (await verdict_of(webhook, posted(body, verif_hash=KEY[:-1]), KEY)).accepted
    kept = without_credentials(webhook.signature, request)
    assert kept.headers["verif-hash"] == REDACTED


async def test_paystack_signs_with_sha512() -> None:
    webhook = webhooks.paystack(path="/x", secret=S)
    request = signed_request(webhook, event_type="charge.success", secrets=KEY)
    digest = hmac.digest(KEY.encode(), request.body, hashlib.sha512).hex()
    assert request.headers["x-paystack-signature"] == digest
    changed = with_header(request, "x-paystack-signature", digest[:64])
    assert (await verdict_of(webhook, changed, KEY)).cause is Cause.MALFORMED_SIGNATURE
