"""Dropbox, Xero and LINE: a body signed whole, and a check of the address."""

import base64
import hashlib
import hmac
from dataclasses import replace
from typing import Any

import pytest

from layeron import InboundWebhook, secret, webhooks
from layeron.answer import answer_of
from layeron.request import Request
from layeron.signing.verdict import Cause
from layeron.testing import signed_request
from tests.support.handshakes import asked, handshake, told
from tests.support.node import ask_node
from tests.support.receiving import type_and_id, verdict_of
from tests.support.rules import with_header

SECRET = "shared-with-the-provider"
DROPBOX = webhooks.dropbox(path="/dropbox", secret=secret("DROPBOX_APP_SECRET"))
LINE = webhooks.line(path="/line", secret=secret("LINE_CHANNEL_SECRET"))
XERO = webhooks.xero(path="/xero", secret=secret("XERO_WEBHOOKS_KEY"))


def in_base64(webhook: InboundWebhook, request: Request) -> Request:
    digest = hmac.new(SECRET.encode(), request.body, hashlib.sha256).digest()
    header = webhook.signature.header_names[0]
    return with_header(request, header, base64.b64encode(digest).decode())


async def test_dropboxs_challenge_comes_back_as_text_that_no_browser_runs() -> None:
    answer = await handshake(DROPBOX, asked({"challenge": "<b>abc123</b>"}), SECRET)
    assert answer is not None
    assert (answer.status, answer.body) == (200, b"<b>abc123</b>")
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert await handshake(DROPBOX, asked({}), SECRET) is None
    posted = replace(asked({"challenge": "abc123"}), method="POST")
    assert await handshake(DROPBOX, posted, SECRET) is None


async def test_dropbox_signs_in_hexadecimal() -> None:
    request = told({"list_folder": {"accounts": ["dbid:1"]}, "delta": {"users": [1]}})
    proof = hmac.new(SECRET.encode(), request.body, hashlib.sha256).hexdigest()
    request = with_header(request, "x-dropbox-signature", proof)
    assert (await verdict_of(DROPBOX, request, SECRET)).status == "verified"
    assert type_and_id(DROPBOX, request) == ("list_folder", None)
    changed = replace(request, body=request.body + b" ")
    assert (await verdict_of(DROPBOX, changed, SECRET)).cause is Cause.NO_MATCH


async def test_xeros_intent_to_receive_gets_an_empty_200_or_an_empty_401() -> None:
    intent: dict[str, Any] = {
        "events": [],
        "lastEventSequence": 0,
        "firstEventSequence": 0,
        "entropy": "S0m3",
    }
    signed = in_base64(XERO, told(intent))
    answer = await handshake(XERO, signed, SECRET)
    assert answer is not None
    assert (answer.status, answer.body) == (200, b"")
    wrong = with_header(signed, "x-xero-signature", base64.b64encode(bytes(32)).decode())
    assert await handshake(XERO, wrong, SECRET) is None
    refusal = answer_of(XERO.provider.refused)
    assert refusal is not None
    assert (refusal.status, refusal.body) == (401, b"")


def test_xeros_events_are_told_apart_by_resource_type_and_time() -> None:
    def event(kind: str = "UPDATE", at: str = "2026-05-04T10:00:00.000") -> dict[str, str]:
        return {
            "resourceId": "717f2bfc", "eventType": kind, "eventCategory": "INVOICE",
            "eventDateUtc": at,
        }  # fmt: skip

    assert type_and_id(XERO, told({"events": [event()]})) == (
        "INVOICE.UPDATE",
        "717f2bfc:UPDATE:2026-05-04T10:00:00.000",
    )
    ids = {
        type_and_id(XERO, told({"events": events}))[1]
        for events in (
            [event()],
            [event("CREATE")],
            [event(at="2026-05-04T10:00:00.001")],
            [event(), event("CREATE")],
        )
    }
    assert len(ids) == 4


async def test_lines_verify_button_is_answered_if_it_is_signed() -> None:
    request = told({"destination": "U1", "events": []})
    answer = await handshake(LINE, in_base64(LINE, request), SECRET)
    assert answer is not None
    assert answer.status == 200
    assert await handshake(LINE, request, SECRET) is None


@pytest.mark.parametrize("redelivery", [True, False])
def test_a_redelivery_of_line_keeps_the_id(*, redelivery: bool) -> None:
    event = {
        "type": "message",
        "webhookEventId": "01FZ74A0TDDPYRVKNK77XKC3ZR",
        "deliveryContext": {"isRedelivery": redelivery},
    }
    request = told({"events": [event]})
    assert type_and_id(LINE, request) == ("message", "01FZ74A0TDDPYRVKNK77XKC3ZR")


def test_what_we_sign_is_accepted_by_lines_library() -> None:
    requests = [signed_request(LINE, body, secrets=SECRET) for body in (None, "こんにちは", "")]
    cases = [
        {
            "secret": key,
            "payload": request.body.decode() + change,
            "signature": request.headers["x-line-signature"],
        }
        for key, change in ((SECRET, ""), ("another", ""), (SECRET, " "))
        for request in requests
    ]
    assert ask_node("line.mjs", cases) == [True] * 3 + [False] * 6
