"""Asana and Notion: the key arrives in an unsigned request, and only while one is expected."""

import hashlib
import hmac
import logging
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from layeron import ConfigurationError, InboundWebhook, secret, webhooks
from layeron.request import Request
from layeron.signing.credentials import without_credentials
from layeron.signing.verdict import Cause
from layeron.signing.verify import verify
from layeron.testing import signed_request
from tests.support.handshakes import handshake, told
from tests.support.node import ask_node
from tests.support.receiving import verdict_of
from tests.support.rules import with_header

KEY = "b537207f20cbfa02357cf448134da559e8bd39d61597dcd5631b8012eae53e81"
ASANA = webhooks.asana(path="/asana", secret=secret("ASANA_SECRET"))
NOTION = webhooks.notion(path="/notion", secret=secret("NOTION_TOKEN"))
ASANAS = told({}, **{"x-hook-secret": KEY})
NOTIONS = told({"verification_token": KEY})
with_key = pytest.mark.parametrize(
    ("webhook", "request_with_key"), [(ASANA, ASANAS), (NOTION, NOTIONS)], ids=["asana", "notion"]
)


@with_key
async def test_a_key_that_nobody_expects_is_refused(
    webhook: InboundWebhook, request_with_key: Request, caplog: pytest.LogCaptureFixture
) -> None:
    assert await handshake(webhook, request_with_key, "the-key-in-force") is None
    verdict = await verdict_of(webhook, request_with_key, "the-key-in-force")
    assert verdict.cause is Cause.MISSING_SIGNATURE
    assert KEY not in caplog.text


async def test_asanas_new_key_is_echoed_and_told_to_the_operator(
    caplog: pytest.LogCaptureFixture,
) -> None:
    webhook = webhooks.asana(path="/asana", handshake=True)
    with caplog.at_level(logging.WARNING):
        answer = await handshake(webhook, ASANAS)
    assert answer is not None
    assert (answer.status, answer.headers["x-hook-secret"]) == (200, KEY)
    assert KEY in caplog.text


async def test_notions_token_is_told_to_the_operator(caplog: pytest.LogCaptureFixture) -> None:
    webhook = webhooks.notion(path="/notion", handshake=True)
    with caplog.at_level(logging.WARNING):
        answer = await handshake(webhook, NOTIONS)
    assert answer is not None
    assert (answer.status, answer.body) == (200, b"")
    assert KEY in caplog.text


@pytest.mark.parametrize("key", ["", "short", "with a blank " * 3, "two\nlines" * 4, "k" * 257])
async def test_what_is_no_key_is_neither_echoed_nor_told(
    key: str, caplog: pytest.LogCaptureFixture
) -> None:
    asana = webhooks.asana(path="/asana", handshake=True)
    notion = webhooks.notion(path="/notion", handshake=True)
    assert await handshake(asana, told({}, **{"x-hook-secret": key})) is None
    assert await handshake(notion, told({"verification_token": key})) is None
    assert caplog.text == ""


@pytest.mark.parametrize("name", ["asana", "notion"])
async def test_while_there_is_no_key_no_event_is_accepted(name: str) -> None:
    webhook = getattr(webhooks, name)(path="/hook", handshake=True)
    verdict = await verify(webhook.signature, told({"events": []}), [], now=datetime.now(UTC))
    assert verdict.cause is Cause.REFUSED_BY_VERIFIER


@pytest.mark.parametrize("name", ["asana", "notion"])
def test_without_a_key_and_without_a_handshake_there_is_no_webhook(name: str) -> None:
    with pytest.raises(ConfigurationError, match=r"needs a key; add secret=secret"):
        getattr(webhooks, name)(path="/hook")


async def test_during_a_handshake_events_signed_with_the_key_in_force_go_on() -> None:
    webhook = webhooks.asana(path="/asana", secret=secret("ASANA_SECRET"), handshake=True)
    request = signed_request(webhook, event_type="task.added", secrets="in-force")
    assert (await verdict_of(webhook, request, "in-force")).status == "verified"
    assert await handshake(webhook, ASANAS, "in-force") is not None


async def test_asanas_heartbeat_is_answered_if_it_is_signed() -> None:
    request = told({"events": []})
    proof = hmac.new(KEY.encode(), request.body, hashlib.sha256).hexdigest()
    signed = with_header(request, "x-hook-signature", proof)
    assert await handshake(ASANA, signed, KEY) is not None
    assert await handshake(ASANA, request, KEY) is None
    assert await handshake(ASANA, replace(signed, body=b'{"events": []}'), KEY) is None


def test_asanas_key_is_never_kept() -> None:
    kept = without_credentials(ASANA.signature, ASANAS, ASANA.provider.secret_headers)
    assert KEY not in str(kept.headers)


PAYLOADS = ['{"id":"1","type":"page.created"}', '{"name":"♥","escape":"\\u001b"}', ""]


async def test_what_notions_library_signs_is_accepted() -> None:
    signatures = ask_node("notion.mjs", [{"secret": KEY, "payload": each} for each in PAYLOADS])
    for payload, signature in zip(PAYLOADS, signatures, strict=True):
        request = replace(told(None), body=payload.encode())
        request = with_header(request, "x-notion-signature", signature)
        assert (await verdict_of(NOTION, request, KEY)).status == "verified"
        for changed in (
            replace(request, body=request.body + b" "),
            with_header(request, "x-notion-signature", signature[:-1]),
            with_header(request, "x-notion-signature", signature.replace("sha256", "sha1")),
        ):
            assert not (await verdict_of(NOTION, changed, KEY)).accepted


def test_what_we_sign_is_accepted_by_notions_library() -> None:
    requests = [signed_request(NOTION, payload, secrets=KEY) for payload in PAYLOADS]
    cases = [
        {
            "secret": key,
            "payload": request.body.decode(),
            "signature": request.headers["x-notion-signature"],
        }
        for key in (KEY, "another")
        for request in requests
    ]
    accepted = len(requests)
    assert ask_node("notion.mjs", cases) == [True] * accepted + [False] * accepted
