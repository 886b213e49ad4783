"""Platforms that send JSON Web Tokens, with true tokens and forged ones."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeAlias

import httpx2
import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from layeron import InboundWebhook, secret, webhooks
from layeron.secrets import SecretValue
from layeron.signing.verdict import Verdict
from layeron.signing.verify import verify
from tests.support.handshakes import URL, told
from tests.support.published import Page, Published
from tests.support.rules import with_header

NOW = datetime(2026, 5, 4, 10, 0, tzinfo=UTC)
SECONDS = int(NOW.timestamp())
SHARED = "signing-secret-of-the-app-as-it-is-shown"
REQUEST = told({"event": {"type": "create_pulse"}})

PrivateKey: TypeAlias = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | str


@dataclass(frozen=True)
class Platform:
    """One that sends tokens.

    Attributes:
        claims: of a token that is accepted at NOW.
        pages: what it publishes.
        stranger: a key of the same kind, published under the id "other" where keys have one.
    """

    webhook: InboundWebhook
    header: str
    prefix: str
    algorithm: str
    key: PrivateKey
    stranger: PrivateKey
    claims: Mapping[str, Any]
    pages: Mapping[str, Page]

    def token(
        self,
        key: PrivateKey | None = None,
        header: Mapping[str, Any] | None = None,
        **changes: object,
    ) -> str:
        claims = {**self.claims, **changes}
        claims = {name: each for name, each in claims.items() if each is not None}
        named = {"kid": "right", **(header or {})}
        named = {name: each for name, each in named.items() if each is not None}
        return jwt.encode(claims, key or self.key, self.algorithm, named)

    async def verdict_of(self, token: str, now: datetime = NOW) -> Verdict:
        return await verify(
            self.webhook.signature,
            with_header(REQUEST, self.header, f"{self.prefix}{token}"),
            [SecretValue(each, "current", SHARED) for each in self.webhook.secrets],
            now=now,
            documents=Published(self.pages).documents,
        )


def jwk(key: PrivateKey, key_id: str) -> Mapping[str, Any]:
    if isinstance(key, rsa.RSAPrivateKey):
        return {**RSAAlgorithm.to_jwk(key.public_key(), as_dict=True), "kid": key_id}
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return {**ECAlgorithm.to_jwk(key.public_key(), as_dict=True), "kid": key_id}


def pubsub() -> Platform:
    key, stranger = (rsa.generate_private_key(65537, 2048) for _ in range(2))
    nameless = {name: each for name, each in jwk(key, "").items() if name != "kid"}
    published = {"keys": [nameless, jwk(stranger, "other"), jwk(key, "right")]}
    return Platform(
        webhooks.pubsub(path="/hook", audience=URL, service_account="push@example.com"),
        "authorization",
        "Bearer ",
        "RS256",
        key,
        stranger,
        {
            "aud": URL,
            "email": "push@example.com",
            "email_verified": True,
            "exp": SECONDS + 3600,
            "iat": SECONDS,
            "iss": "https://accounts.google.com",
        },
        {"https://www.googleapis.com/oauth2/v3/certs": json.dumps(published).encode()},
    )


def plaid() -> Platform:
    key, stranger = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    published = {"right": jwk(key, "right"), "other": jwk(stranger, "other")}

    def answer(request: httpx2.Request) -> bytes:
        key_id = json.loads(request.content)["key_id"]
        return json.dumps({"key": published[key_id]}).encode()

    return Platform(
        webhooks.plaid(path="/hook", client_id="client", secret=secret("PLAID_SECRET")),
        "plaid-verification",
        "",
        "ES256",
        key,
        stranger,
        {"iat": SECONDS, "request_body_sha256": REQUEST.body_sha256},
        {"https://production.plaid.com/webhook_verification_key/get": answer},
    )


def monday() -> Platform:
    return Platform(
        webhooks.monday(path="/hook", secret=secret("MONDAY_SECRET")),
        "authorization",
        "",
        "HS256",
        SHARED,
        "signing-secret-of-somebody-else-who-has-one",
        {"aud": URL, "exp": SECONDS + 300},
        {},
    )


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def forged(platform: Platform, header: Mapping[str, Any], key: bytes = b"") -> str:
    """A token that no library would make: by HMAC with any bytes, or unsigned."""
    parts = ({"kid": "right", **header}, platform.claims)
    signed = ".".join(base64url(json.dumps(each).encode()) for each in parts)
    proof = hmac.digest(key, signed.encode(), hashlib.sha256) if key else b""
    return f"{signed}.{base64url(proof)}"
