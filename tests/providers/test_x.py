"""X: the challenge-response check, and the signature that shares its key."""

import base64
import hashlib
import hmac
import json
from dataclasses import replace

import pytest

from layeron import secret, webhooks
from layeron.request import Request
from layeron.signing.verdict import Cause
from tests.support.handshakes import asked, handshake, told
from tests.support.receiving import type_and_id, verdict_of

SECRET = "consumer-secret"
WEBHOOK = webhooks.x(path="/webhooks/x", secret=secret("X_CONSUMER_SECRET"))


def proof_of(text: bytes) -> str:
    """As the page "Securing webhooks" computes both the answer and the signature."""
    digest = hmac.new(SECRET.encode(), text, hashlib.sha256).digest()
    return f"sha256={base64.b64encode(digest).decode()}"


def by_x(body: bytes) -> Request:
    return replace(told(None, **{"x-twitter-webhooks-signature": proof_of(body)}), body=body)


async def test_the_check_is_answered_as_x_computes_it() -> None:
    answer = await handshake(WEBHOOK, asked({"crc_token": "MWEwNzQ5MDEtOTkz="}), SECRET)
    assert answer is not None
    assert answer.status == 200
    assert json.loads(answer.body) == {"response_token": proof_of(b"MWEwNzQ5MDEtOTkz=")}


@pytest.mark.parametrize("token", ['{"tweet_create_events":[]}', "[1]", '"a"', " ", "", "a" * 257])
async def test_nobody_gets_an_event_of_his_own_signed_by_asking_for_a_check(token: str) -> None:
    assert await handshake(WEBHOOK, asked({"crc_token": token}), SECRET) is None


async def test_what_a_check_signs_is_no_event() -> None:
    for body in (b"MWEwNzQ5MDEtOTkz", b"1", b"true"):
        verdict = await verdict_of(WEBHOOK, by_x(body), SECRET)
        assert verdict.cause is Cause.REFUSED_BY_VERIFIER
    assert (await verdict_of(WEBHOOK, by_x(b'{"a": 1}'), SECRET)).accepted


async def test_a_check_is_a_get_request() -> None:
    request = replace(asked({"crc_token": "abc"}), method="POST")
    assert await handshake(WEBHOOK, request, SECRET) is None


@pytest.mark.parametrize(
    ("payload", "event_type"),
    [
        ({"for_user_id": "1", "favorite_events": [1]}, "favorite_events"),
        ({"for_user_id": "1", "user_event": {"revoke": 1}}, "user_event"),
        ({"data": {"event_type": "profile.update.bio"}}, "profile.update.bio"),
        ({"data": 5}, None),
        ([1], None),
    ],
)
def test_the_field_that_holds_the_events_names_them(
    payload: object, event_type: str | None
) -> None:
    request = told(payload)
    assert type_and_id(WEBHOOK, request) == (event_type, request.body_sha256)
