"""Push requests of Pub/Sub; Google's own library is the other side, both ways."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import google.auth.crypt
import google.auth.jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from layeron import ConfigurationError, webhooks
from layeron.errors import DocumentUnavailableError
from layeron.ports.documents import NoDocuments
from layeron.request import Request
from layeron.signing.credentials import without_credentials
from layeron.signing.encoding import CODECS
from layeron.signing.verdict import Cause, Verdict
from layeron.signing.verify import verify
from layeron.testing import signed_request
from tests.support.receiving import type_and_id
from tests.support.rules import with_header

AUDIENCE = "https://hooks.example.com/pubsub"
ACCOUNT = "push@example.iam.gserviceaccount.com"
WEBHOOK = webhooks.pubsub(path="/pubsub", audience=AUDIENCE, service_account=ACCOUNT)
GOOGLE: Any = google.auth.jwt  # untyped
SIGNERS: Any = google.auth.crypt.RSASigner  # untyped


@dataclass(frozen=True)
class Issuer:
    """Somebody who issues tokens, by a key of an id."""

    key: rsa.RSAPrivateKey
    key_id: str = "test"

    @property
    def private(self) -> str:
        form = PrivateFormat.TraditionalOpenSSL
        return self.key.private_bytes(Encoding.PEM, form, NoEncryption()).decode()

    @property
    def public(self) -> bytes:
        return self.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    @property
    def jwk(self) -> Mapping[str, str]:
        numbers = self.key.public_key().public_numbers()
        e, n = (
            CODECS["base64url"].encode(each.to_bytes((each.bit_length() + 7) // 8))
            for each in (numbers.e, numbers.n)
        )
        return {"kty": "RSA", "alg": "RS256", "use": "sig", "kid": self.key_id, "e": e, "n": n}

    def token(self, **changes: object) -> str:
        now = int(datetime.now(UTC).timestamp())
        claims: dict[str, object] = {
            "aud": AUDIENCE,
            "email": ACCOUNT,
            "email_verified": True,
            "exp": now + 3600,
            "iat": now,
            "iss": "https://accounts.google.com",
            "sub": "1",
        }
        claims = {name: each for name, each in (claims | changes).items() if each is not None}
        signer = SIGNERS.from_string(self.private, self.key_id)
        token: bytes = GOOGLE.encode(signer, claims)
        return token.decode()


ISSUER = Issuer(rsa.generate_private_key(public_exponent=65537, key_size=2048))
STRANGER = Issuer(rsa.generate_private_key(public_exponent=65537, key_size=2048))


class KeySet(NoDocuments):
    """Google's published keys."""

    async def get(self, url: str, *, hosts: str) -> bytes:
        assert (url, hosts) == (
            "https://www.googleapis.com/oauth2/v3/certs",
            r"www\.googleapis\.com",
        )
        other = replace(STRANGER, key_id="older")
        return json.dumps({"keys": [other.jwk, ISSUER.jwk]}).encode()


async def verdict_of(request: Request, now: datetime | None = None) -> Verdict:
    now = now or datetime.now(UTC)
    return await verify(WEBHOOK.signature, request, [], now=now, documents=KeySet())


def pushed(token: str) -> Request:
    request = signed_request(WEBHOOK, event_type="OBJECT_FINALIZE", secrets=ISSUER.private)
    return with_header(request, "authorization", f"Bearer {token}")


async def test_what_googles_library_signs_is_accepted() -> None:
    request = pushed(ISSUER.token())
    assert (await verdict_of(request)).status == "verified"
    message = json.loads(request.body)["message"]
    assert type_and_id(WEBHOOK, request) == ("OBJECT_FINALIZE", message["messageId"])


async def test_what_we_sign_is_accepted_by_googles_library() -> None:
    request = signed_request(WEBHOOK, event_type="OBJECT_FINALIZE", secrets=ISSUER.private)
    assert (await verdict_of(request)).status == "verified"
    token = request.headers["authorization"].removeprefix("Bearer ")
    claims = GOOGLE.decode(token, certs={"test": ISSUER.public}, audience=AUDIENCE)
    assert (claims["email"], claims["email_verified"]) == (ACCOUNT, True)


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "https://hooks.example.com/other"},
        {"aud": [AUDIENCE]},
        {"aud": None},
        {"email": "stranger@example.iam.gserviceaccount.com"},
        {"email": None},
        {"email_verified": False},
        {"email_verified": "true"},
        {"email_verified": None},
        {"iss": "https://accounts.example.com"},
        {"exp": int(datetime.now(UTC).timestamp()) - 120},
        {"exp": None},
        {"exp": "tomorrow"},
        {"iat": int(datetime.now(UTC).timestamp()) + 86_400},
        {"iat": True},
    ],
)
async def test_a_token_for_somebody_else_or_another_time_is_refused(
    changes: Mapping[str, object],
) -> None:
    verdict = await verdict_of(pushed(ISSUER.token(**changes)))
    assert verdict.cause is Cause.REFUSED_BY_VERIFIER


async def test_a_token_that_googles_keys_do_not_prove_is_refused() -> None:
    token = ISSUER.token()
    header, claims, signature = token.split(".")
    unsigned = CODECS["base64url"].encode(b'{"alg":"none","kid":"test"}')
    shared = CODECS["base64url"].encode(b'{"alg":"HS256","kid":"test"}')
    for forged in (
        STRANGER.token(),
        replace(STRANGER, key_id="unknown").token(),
        f"{header}.{claims}.",
        f"{header}.{claims}.{signature[:-8]}",
        f"{header}.{claims}x.{signature}",
        f"{unsigned}.{claims}.",
        f"{shared}.{claims}.{signature}",
        f"{claims}.{signature}",
        "not a token",
        "..",
        "",
    ):
        assert (await verdict_of(pushed(forged))).cause is Cause.REFUSED_BY_VERIFIER
    assert not (await verdict_of(with_header(pushed(token), "authorization"))).accepted
    assert not (await verdict_of(with_header(pushed(token), "authorization", token))).accepted


async def test_a_token_is_good_for_its_hour() -> None:
    request, now = pushed(ISSUER.token()), datetime.now(UTC)
    assert (await verdict_of(request, now + timedelta(minutes=59))).accepted
    assert not (await verdict_of(request, now + timedelta(minutes=62))).accepted


async def test_without_googles_keys_nobody_is_refused() -> None:
    with pytest.raises(DocumentUnavailableError):
        await verify(WEBHOOK.signature, pushed(ISSUER.token()), [], now=datetime.now(UTC))


async def test_several_accounts_and_another_attribute_may_be_named() -> None:
    webhook = webhooks.pubsub(
        path="/pubsub",
        audience=AUDIENCE,
        service_account=["first@example.com", ACCOUNT],
        event_type_attribute="ce-type",
    )
    request = signed_request(webhook, event_type="order.paid", secrets=ISSUER.private)
    assert type_and_id(webhook, request)[0] == "order.paid"
    for email, is_known in ((ACCOUNT, True), ("first@example.com", True), ("x@y.z", False)):
        changed = with_header(request, "authorization", f"Bearer {ISSUER.token(email=email)}")
        verdict = await verify(
            webhook.signature, changed, [], now=datetime.now(UTC), documents=KeySet()
        )
        assert verdict.accepted is is_known


def test_the_token_is_not_kept() -> None:
    kept = without_credentials(WEBHOOK.signature, pushed(ISSUER.token()))
    assert kept.headers["authorization"] == "[redacted]"


@pytest.mark.parametrize(
    "options",
    [
        {"audience": "", "service_account": ACCOUNT},
        {"audience": AUDIENCE, "service_account": ""},
        {"audience": AUDIENCE, "service_account": []},
    ],
)
def test_nobody_in_particular_is_a_mistake(options: Any) -> None:
    with pytest.raises(ConfigurationError, match="write both as the subscription has them"):
        webhooks.pubsub(path="/pubsub", **options)


def test_a_repeat_counts_as_a_duplicate_for_longer_than_a_subscription_keeps_messages() -> None:
    assert WEBHOOK.dedupe.ttl > timedelta(days=7)
