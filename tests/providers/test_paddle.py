"""Paddle's own SDK is the other side, both ways."""

import hashlib
import hmac
import time
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any

import pytest

from layeron import secret, webhooks
from layeron.request import Headers, Request
from layeron.signing.verdict import Cause
from layeron.testing import signed_request
from tests.support.receiving import type_and_id, verdict_of
from tests.support.rules import with_header

KEY = "pdl_ntfset_01gkdqbqh1dbxq_9b1d"
SDK: Any = import_module("paddle_billing.Notifications")  # untyped
WEBHOOK = webhooks.paddle(path="/webhooks/paddle", secret=secret("PADDLE_SECRET"))


@dataclass(frozen=True)
class Received:
    """A request as the SDK takes it."""

    headers: Headers
    body: bytes


def paddle_accepts(request: Request, key: str = KEY) -> bool:
    answer = SDK.Verifier(300).verify(Received(request.headers, request.body), SDK.Secret(key))
    return answer is True


def signed_at(seconds: int, *keys: str) -> str:
    """The header as Paddle documents it, by hand."""
    body = signed_request(WEBHOOK, "{}", secrets=KEY).body
    texts = [
        hmac.digest(key.encode(), f"{seconds}:".encode() + body, hashlib.sha256).hex()
        for key in keys
    ]
    return ";".join([f"ts={seconds}", *(f"h1={text}" for text in texts)])


@pytest.mark.parametrize("event_type", ["transaction.completed", "customer.created", "x.y"])
async def test_what_we_sign_is_accepted_by_paddles_sdk(event_type: str) -> None:
    request = signed_request(WEBHOOK, event_type=event_type, secrets=KEY)
    assert paddle_accepts(request)
    assert (await verdict_of(WEBHOOK, request, KEY)).status == "verified"
    assert not paddle_accepts(request, "another")
    assert type_and_id(WEBHOOK, request)[0] == event_type


async def test_what_paddles_sdk_refuses_is_refused() -> None:
    request = signed_request(WEBHOOK, event_type="transaction.completed", secrets=KEY)
    header = request.headers["paddle-signature"]
    for changed in (
        replace(request, body=request.body + b" "),
        with_header(request, "paddle-signature", header.replace("ts=", "ts=1")),
        with_header(request, "paddle-signature", header[:-1]),
        with_header(request, "paddle-signature"),
    ):
        assert not paddle_accepts(changed)
        assert not (await verdict_of(WEBHOOK, changed, KEY)).accepted


async def test_while_a_secret_is_rotated_either_signature_is_enough() -> None:
    request = signed_request(WEBHOOK, "{}", secrets=KEY)
    both = with_header(request, "paddle-signature", signed_at(int(time.time()), "old", KEY))
    for key in (KEY, "old"):
        assert paddle_accepts(both, key)
        assert (await verdict_of(WEBHOOK, both, key)).accepted


async def test_an_unknown_part_of_the_header_does_not_hurt_though_the_sdk_raises() -> None:
    request = signed_request(WEBHOOK, "{}", secrets=KEY)
    header = f"{signed_at(int(time.time()), KEY)};h2=abc"
    request = with_header(request, "paddle-signature", header)
    assert (await verdict_of(WEBHOOK, request, KEY)).accepted


async def test_an_old_signature_is_refused_by_both() -> None:
    request = signed_request(WEBHOOK, "{}", secrets=KEY)
    old = with_header(request, "paddle-signature", signed_at(int(time.time()) - 360, KEY))
    assert not paddle_accepts(old)
    assert (await verdict_of(WEBHOOK, old, KEY)).cause is Cause.STALE_TIMESTAMP
