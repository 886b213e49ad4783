"""monday's tokens, made and read by PyJWT; and the challenge of an address."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest

from layeron import secret, webhooks
from layeron.request import Request
from layeron.signing.credentials import without_credentials
from layeron.testing import signed_request
from tests.support.handshakes import URL, handshake, told
from tests.support.receiving import verdict_of
from tests.support.rules import with_header

SECRET = "signing-secret-of-the-app-as-it-is-shown"
WEBHOOK = webhooks.monday(path="/hook", secret=secret("MONDAY_SIGNING_SECRET"))
EVENT = {"event": {"type": "create_pulse", "triggerUuid": "645fc8d8"}}


def by_pyjwt(key: str = SECRET, algorithm: str = "HS256", **claims: Any) -> Request:
    now = datetime.now(UTC)
    said = {"accountId": 1, "aud": URL, "iat": now, "exp": now + timedelta(minutes=5), **claims}
    token = jwt.encode({name: each for name, each in said.items() if each}, key, algorithm)
    return with_header(told(EVENT), "authorization", token)


async def test_a_token_by_pyjwt_is_accepted() -> None:
    assert (await verdict_of(WEBHOOK, by_pyjwt(), SECRET)).status == "verified"


def test_our_token_is_read_by_pyjwt() -> None:
    request = signed_request(WEBHOOK, secrets=SECRET, base_url="https://hooks.example.com")
    claims = jwt.decode(request.headers["authorization"], SECRET, ["HS256"], audience=URL)
    assert claims["exp"] - claims["iat"] == 300


@pytest.mark.parametrize(
    "request_with_token",
    [
        by_pyjwt("another-secret-of-at-least-32-bytes!"),
        by_pyjwt(aud="https://hooks.example.com/other"),
        by_pyjwt(aud=[URL]),
        by_pyjwt(aud=None),
        by_pyjwt(exp=datetime.now(UTC) - timedelta(seconds=1)),
        by_pyjwt(exp=None),
        by_pyjwt(algorithm="HS512", key=SECRET * 2),
        by_pyjwt("", "none"),
        with_header(by_pyjwt(), "authorization"),
        with_header(by_pyjwt(), "authorization", f"Bearer {by_pyjwt().headers['authorization']}"),
        *(with_header(by_pyjwt(), "authorization", text) for text in ("", ".", "..", "a.b.c", "é")),
        with_header(by_pyjwt(), "authorization", by_pyjwt().headers["authorization"][:-1]),
    ],
)
async def test_any_other_token_is_refused(request_with_token: Request) -> None:
    assert not (await verdict_of(WEBHOOK, request_with_token, SECRET)).accepted


async def test_a_token_of_another_algorithm_is_refused_though_the_key_is_right() -> None:
    token = jwt.encode({"aud": URL}, SECRET * 2, "HS512")
    request = with_header(told(EVENT), "authorization", token)
    assert not (await verdict_of(WEBHOOK, request, SECRET * 2)).accepted


async def test_behind_a_proxy_the_address_that_monday_knows_can_be_declared() -> None:
    outside = "https://public.example.com/webhooks/monday"
    webhook = webhooks.monday(path="/hook", secret=secret("MONDAY_SECRET"), audience=outside)
    assert (await verdict_of(webhook, by_pyjwt(aud=outside), SECRET)).accepted
    assert not (await verdict_of(webhook, by_pyjwt(), SECRET)).accepted


async def test_the_challenge_is_answered_with_nothing_else() -> None:
    answer = await handshake(WEBHOOK, told({"challenge": "3eZbrw1aBm2rZgRNFdxV"}), SECRET)
    assert answer is not None
    assert (answer.status, json.loads(answer.body)) == (200, {"challenge": "3eZbrw1aBm2rZgRNFdxV"})
    others: list[object] = [{"challenge": "a", **EVENT}, {"challenge": 5}, {"challenge": "<b>"}, []]
    for payload in others:
        assert await handshake(WEBHOOK, told(payload), SECRET) is None


def test_the_token_is_never_kept() -> None:
    request = by_pyjwt()
    kept = without_credentials(WEBHOOK.signature, request)
    assert request.headers["authorization"] not in str(kept.headers)
