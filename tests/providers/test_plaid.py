"""Plaid: a JWT library is the other side, both ways; keys are asked for by id and remembered."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from jwt.algorithms import ECAlgorithm

from layeron import InboundWebhook, secret, webhooks
from layeron.errors import DocumentUnavailableError
from layeron.providers.plaid import TEST_KEY_ID
from layeron.request import Request
from layeron.secrets import SecretValue
from layeron.signing.verdict import Cause, Verdict
from layeron.signing.verify import verify
from layeron.testing import signed_request
from tests.support.published import Published
from tests.support.receiving import type_and_id
from tests.support.rules import with_header

SECRET = secret("PLAID_SECRET")
KEYS_URL = "https://sandbox.plaid.com/webhook_verification_key/get"
KEY, STRANGER = generate_private_key(SECP256R1()), generate_private_key(SECP256R1())


def webhook() -> InboundWebhook:
    """One that has not asked for a key yet."""
    return webhooks.plaid(path="/plaid", client_id="client-1", secret=SECRET, environment="sandbox")


def pem(key: EllipticCurvePrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def published(**changes: Any) -> Published:
    """Plaid's API, with the public half of the key."""
    jwk = json.loads(ECAlgorithm.to_jwk(KEY.public_key()))
    jwk |= {"alg": "ES256", "use": "sig", "kid": TEST_KEY_ID, "expired_at": None, **changes}
    return Published({KEYS_URL: json.dumps({"key": jwk, "request_id": "1"}).encode()})


def sent(**options: Any) -> Request:
    options = {"event_type": "TRANSACTIONS.SYNC_UPDATES_AVAILABLE", "secrets": pem(KEY)} | options
    return signed_request(webhook(), **options)


def with_token(
    request: Request,
    key: Any = KEY,
    algorithm: str = "ES256",
    *,
    header: Mapping[str, Any] | None = None,
    **claims: Any,
) -> Request:
    """The request with a token of the JWT library's making."""
    made = {"iat": int(datetime.now(UTC).timestamp()), "request_body_sha256": request.body_sha256}
    named = {"kid": TEST_KEY_ID, **(header or {})}
    token = jwt.encode(made | claims, key, algorithm=algorithm, headers=named)
    return with_header(request, "plaid-verification", token)


async def verdict_of(
    request: Request, web: Published | None = None, *, by: InboundWebhook | None = None
) -> Verdict:
    return await verify(
        (by or webhook()).signature,
        request,
        [SecretValue(SECRET, "current", "api-secret")],
        now=datetime.now(UTC),
        documents=(web or published()).documents,
    )


@pytest.mark.parametrize(
    "event_type", ["TRANSACTIONS.SYNC_UPDATES_AVAILABLE", "ITEM.ERROR", "AUTH.X"]
)
async def test_an_example_is_accepted_and_read(event_type: str) -> None:
    request = sent(event_type=event_type)
    verdict = await verdict_of(request)
    assert verdict.status == "verified", verdict.detail
    assert type_and_id(webhook(), request)[0] == event_type


async def test_what_a_jwt_library_signs_is_accepted() -> None:
    assert (await verdict_of(with_token(sent()))).status == "verified"


def test_what_we_sign_is_accepted_by_a_jwt_library() -> None:
    request = sent()
    token = request.headers["plaid-verification"]
    claims = jwt.decode(token, KEY.public_key(), algorithms=["ES256"])
    assert claims["request_body_sha256"] == hashlib.sha256(request.body).hexdigest()
    assert jwt.get_unverified_header(token)["kid"] == TEST_KEY_ID
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(token, STRANGER.public_key(), algorithms=["ES256"])


async def test_what_plaid_did_not_sign_is_refused() -> None:
    request = sent()
    token = request.headers["plaid-verification"]
    secret_of_all = "x" * 64
    for changed in (
        replace(request, body=request.body.replace(b":", b": ")),
        with_token(request, STRANGER),
        with_token(request, secret_of_all, "HS512"),
        with_token(request, "", "none"),
        with_token(request, iat=int(datetime.now(UTC).timestamp()) - 360),
        with_token(request, iat=int(datetime.now(UTC).timestamp()) + 360),
        with_token(request, request_body_sha256=hashlib.sha256(b"other").hexdigest()),
        with_token(request, request_body_sha256=""),
        with_token(request, header={"kid": "../../item/get"}),
        with_header(request, "plaid-verification", token[:-2]),
        with_header(request, "plaid-verification", f"{token}A"),
        with_header(request, "plaid-verification", token.rpartition(".")[0]),
        with_header(request, "plaid-verification", "a.b.c"),
        with_header(request, "plaid-verification"),
    ):
        assert (await verdict_of(changed)).cause is Cause.REFUSED_BY_VERIFIER


async def test_a_key_that_has_expired_proves_nothing_more() -> None:
    now = int(datetime.now(UTC).timestamp())
    assert not (await verdict_of(sent(), published(expired_at=now - 1))).accepted
    assert (await verdict_of(sent(), published(expired_at=now + 60))).accepted


async def test_the_key_is_asked_for_by_id_with_the_credentials_once() -> None:
    web, receiver = published(), webhook()
    for _ in range(3):
        assert (await verdict_of(sent(), web, by=receiver)).accepted
    asked: list[httpx2.Request] = web.asked
    assert [json.loads(each.content) for each in asked] == [
        {"client_id": "client-1", "secret": "api-secret", "key_id": TEST_KEY_ID}
    ]


async def test_no_key_is_asked_for_before_the_hash_of_the_body_fits() -> None:
    web = published()
    assert not (await verdict_of(replace(sent(), body=b"{}"), web)).accepted
    assert web.asked == []


async def test_while_a_key_cannot_be_had_the_sender_is_not_refused() -> None:
    with pytest.raises(DocumentUnavailableError):
        await verdict_of(sent(), Published({}))


def test_events_that_are_alike_to_the_byte_are_two_but_the_same_token_is_one() -> None:
    now = datetime.now(UTC)
    first = sent(payload={"a": 1}, now=now)
    later = sent(payload={"a": 1}, now=now + timedelta(seconds=5))
    ids = [type_and_id(webhook(), each)[1] for each in (first, first, later)]
    assert ids[0] == ids[1] != ids[2]


def test_another_way_to_write_the_same_signature_is_the_same_event() -> None:
    request = sent()
    padded = f"{request.headers['plaid-verification']}=="
    again = with_header(request, "plaid-verification", padded)
    assert type_and_id(webhook(), again) == type_and_id(webhook(), request)


def test_production_is_the_default() -> None:
    assert webhooks.plaid(path="/p", client_id="c", secret=SECRET).secrets == (SECRET,)
