"""Mailgun: signatures by hand as its page describes them, in JSON and in forms."""

import hashlib
import hmac
import json
import time
from typing import Any
from urllib.parse import urlencode

from layeron import secret, webhooks
from layeron.request import Request, headers_of
from layeron.signing.verdict import Cause
from layeron.testing import signed_request
from tests.support.receiving import type_and_id, verdict_of

KEY = "key-3ax6xnjp29jd6fds4gc373sgvjxteol0"
WEBHOOK = webhooks.mailgun(path="/webhooks/mailgun", secret=secret("MAILGUN_SIGNING_KEY"))
FORM = "application/x-www-form-urlencoded"


def proof(token: str, moment: str, key: str = KEY) -> str:
    return hmac.digest(key.encode(), f"{moment}{token}".encode(), hashlib.sha256).hex()


def now(ago: int = 0) -> str:
    return str(int(time.time()) - ago)


def block(token: str = "t" * 50, moment: str | None = None, key: str = KEY) -> dict[str, str]:
    moment = moment or now()
    return {"token": token, "timestamp": moment, "signature": proof(token, moment, key)}


def posted(body: str, content_type: str = "application/json") -> Request:
    fields = headers_of([("content-type", content_type)])
    return Request("POST", "https://h.example.com/m", "/m", "", fields, body.encode())


def event(signature: Any, kind: str = "opened") -> Request:
    data = {"event": kind, "id": "Ase7i2zsRYeDXztHGENqRA", "recipient": "jö@example.com"}
    return posted(json.dumps({"signature": signature, "event-data": data}))


async def test_an_event_that_is_signed_as_documented_is_accepted() -> None:
    request = event(block())
    assert (await verdict_of(WEBHOOK, request, KEY)).status == "verified"
    assert type_and_id(WEBHOOK, request) == ("opened", "t" * 50)
    assert (await verdict_of(WEBHOOK, request, "another")).cause is Cause.NO_MATCH


async def test_what_we_sign_is_what_the_page_describes() -> None:
    request = signed_request(WEBHOOK, event_type="failed", secrets=KEY)
    written = json.loads(request.body)["signature"]
    assert written["signature"] == proof(written["token"], written["timestamp"])


async def test_a_change_of_token_time_or_signature_is_refused() -> None:
    true = block()
    for changed in (
        {**true, "token": "u" * 50},
        {**true, "timestamp": now(1)},
        {**true, "signature": true["signature"][:-1]},
        {**true, "signature": ""},
        {**true, "signature": [true["signature"]]},
        {"token": true["token"], "timestamp": true["timestamp"]},
        {},
        "x",
        None,
    ):
        assert not (await verdict_of(WEBHOOK, event(changed), KEY)).accepted


async def test_what_happens_in_a_subaccount_is_proved_by_the_main_accounts_key() -> None:
    signature = block(key="key-of-the-subaccount")
    signature["parent-signature"] = proof(signature["token"], signature["timestamp"])
    assert (await verdict_of(WEBHOOK, event(signature), KEY)).accepted
    signature["parent-signature"] = proof(signature["token"], signature["timestamp"], "another")
    assert not (await verdict_of(WEBHOOK, event(signature), KEY)).accepted


async def test_a_form_carries_the_same_proof_beside_its_fields() -> None:
    fields = {"event": "dropped", "recipient": "jö@example.com", **block()}
    request = posted(urlencode(fields), FORM)
    assert (await verdict_of(WEBHOOK, request, KEY)).accepted
    assert type_and_id(WEBHOOK, request) == ("dropped", "t" * 50)
    forged = posted(urlencode({**fields, "token": "u" * 50}), FORM)
    assert not (await verdict_of(WEBHOOK, forged, KEY)).accepted
    doubled = posted(f"{urlencode(fields)}&token=other", FORM)
    assert not (await verdict_of(WEBHOOK, doubled, KEY)).accepted


async def test_an_old_proof_is_refused_and_a_proof_counts_once() -> None:
    old = event(block(moment=now(86_460)))
    assert (await verdict_of(WEBHOOK, old, KEY)).cause is Cause.STALE_TIMESTAMP
    one, other = event(block(), "opened"), event(block(), "clicked")
    assert type_and_id(WEBHOOK, one)[1] == type_and_id(WEBHOOK, other)[1]
